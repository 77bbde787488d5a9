import { answerControl, type Operations } from './control.ts'
import type { Fault, Latency, Step } from './fault-model.ts'
import type { Reply } from './faults.ts'
import type { C8Token, ListItem, ListName, Product, SetOfBook } from './c8-model.ts'
import type { Order, RetailDocument, SandboxState, Settings, TradeEntry } from './state.ts'

type Send = (name: string, input: unknown) => Promise<Reply>

/** Steers a sandbox, in another process or in this one. */
export class SandboxControl {
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  static at(url: string): SandboxControl {
    return new SandboxControl(async (name, input) => {
      const response = await fetch(`${url}/_control/${name}`, { method: 'POST', body: JSON.stringify(input) })
      return { status: response.status, body: await response.json() }
    })
  }

  static of(state: SandboxState): SandboxControl {
    return new SandboxControl(async (name, input) =>
      structuredClone(answerControl(state, name, structuredClone(input))),
    )
  }

  reset(input: { bare?: boolean; settings?: Partial<Settings> } = {}) {
    return this.#call('reset', input)
  }

  settings(input: Partial<Settings> = {}) {
    return this.#call('settings', input)
  }

  addSetOfBooks(...rows: SetOfBook[]) {
    return this.#call('add_set_of_books', rows)
  }

  addTokens(...rows: C8Token[]) {
    return this.#call('add_tokens', rows)
  }

  /** The C8 session of this token has ended. */
  removeToken(token: string) {
    return this.#call('remove_token', { token })
  }

  addProducts(...rows: Product[]) {
    return this.#call('add_products', rows)
  }

  removeProduct(barcode: string) {
    return this.#call('remove_product', { barcode })
  }

  addListItems(list: ListName, ...items: ListItem[]) {
    return this.#call('add_list_items', { list, items })
  }

  addOrders(setOfBook: string, ...orders: Order[]) {
    return this.#call('add_orders', { set_of_book: setOfBook, orders })
  }

  addTradeEntries(setOfBook: string, ...entries: TradeEntry[]) {
    return this.#call('add_trade_entries', { set_of_book: setOfBook, entries })
  }

  expireAccessTokens() {
    return this.#call('expire_access_tokens', undefined)
  }

  /** All retail documents of C8, or those made from one order. */
  async documents(sourceId?: string): Promise<RetailDocument[]> {
    const documents = await this.#call('documents', undefined)
    return sourceId === undefined ? documents : documents.filter(({ source_id }) => source_id === sourceId)
  }

  deleteDocument(id: number) {
    return this.#call('delete_document', { id })
  }

  addDocument(document: Omit<RetailDocument, 'id'> & { id?: number }) {
    return this.#call('add_document', document)
  }

  removeOrder(setOfBook: string, transId: string) {
    return this.#call('remove_order', { set_of_book: setOfBook, trans_id: transId })
  }

  changeDocument(id: number, changes: Partial<RetailDocument>) {
    return this.#call('change_document', { id, changes })
  }

  async calls(step?: Step) {
    const { calls } = await this.#call('calls', undefined)
    return step === undefined ? calls : calls.filter((call) => call.step === step)
  }

  async counts() {
    return (await this.#call('calls', undefined)).counts
  }

  clearCalls() {
    return this.#call('clear_calls', undefined)
  }

  fault(fault: Fault) {
    return this.#call('fault', fault)
  }

  faults() {
    return this.#call('faults', undefined)
  }

  clearFaults() {
    return this.#call('clear_faults', undefined)
  }

  latency(latency: Latency) {
    return this.#call('latency', latency)
  }

  async #call<Name extends keyof Operations>(
    name: Name,
    input: Parameters<Operations[Name]>[0],
  ): Promise<ReturnType<Operations[Name]>> {
    const { status, body } = await this.#send(name, input)
    if (status !== 200) throw new Error(`sandbox: ${(body as { error: string }).error}`)
    return body as ReturnType<Operations[Name]>
  }
}
