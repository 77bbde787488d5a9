import { faultKinds, steps, type Fault, type Latency } from './fault-model.ts'
import type { Reply } from './faults.ts'
import { listNames, type C8Token, type ListItem, type ListName, type Product, type SetOfBook } from './c8-model.ts'
import {
  addOrders,
  addTradeEntries,
  createState,
  type Order,
  type RetailDocument,
  type SandboxState,
  type Settings,
  type TradeEntry,
} from './state.ts'

export type Operations = ReturnType<typeof operationsOn>

/** What happens at goBox. */
function goboxOperations(state: SandboxState) {
  return {
    /** An order with a known `trans_id` replaces the earlier one. */
    add_orders(input: { set_of_book: string; orders: Order[] }) {
      addOrders(state, input.set_of_book, input.orders)
    },
    add_trade_entries(input: { set_of_book: string; entries: TradeEntry[] }) {
      addTradeEntries(state, input.set_of_book, input.entries)
    },
    /** goBox forgets all access tokens, as when they lapse early. */
    expire_access_tokens() {
      state.accessTokens.clear()
    },
    /** GoBox lists the order no longer. */
    remove_order(input: { set_of_book: string; trans_id: string }) {
      return state.trades.get(input.set_of_book)?.delete(input.trans_id) ?? false
    },
  }
}

/** What happens in C8. */
function c8Operations(state: SandboxState) {
  return {
    add_set_of_books(input: SetOfBook[]) {
      for (const row of input) state.setOfBooks.set(row.set_of_book, row)
    },
    add_tokens(input: C8Token[]) {
      for (const row of input) state.tokens.set(row.token, row)
    },
    remove_token(input: { token: string }) {
      return state.tokens.delete(input.token)
    },
    add_products(input: Product[]) {
      state.products.push(...input)
    },
    remove_product(input: { barcode: string }) {
      state.products = state.products.filter(({ barcode }) => barcode !== input.barcode)
    },
    add_list_items(input: { list: ListName; items: ListItem[] }) {
      mustBeOneOf(input.list, listNames, 'list')
      state.lists[input.list].push(...input.items)
    },
    documents() {
      return [...state.documents.values()]
    },
    delete_document(input: { id: number }) {
      return state.documents.delete(input.id)
    },
    /** As when somebody makes one by hand, or C8 made it without telling: under the next number. */
    add_document(input: Omit<RetailDocument, 'id'> & { id?: number }) {
      const id = ++state.lastDocumentId
      const document: RetailDocument = { ...input, id }
      state.documents.set(id, document)
      return document
    },
    /** As when somebody works on it in C8. */
    change_document(input: { id: number; changes: Partial<RetailDocument> }) {
      const document = state.documents.get(input.id)
      if (!document) throw new Error(`no document ${input.id}`)
      Object.assign(document, input.changes)
    },
  }
}

/** What concerns both: the whole state, calls, faults and latency. */
function bothOperations(state: SandboxState) {
  return {
    /** Back to the catalog's account sets, tokens and lists, or to nothing with `bare`. */
    reset(input?: { bare?: boolean; settings?: Partial<Settings> }) {
      Object.assign(state, createState(input?.settings, input?.bare), { generation: state.generation + 1 })
    },
    settings(input?: Partial<Settings>) {
      return Object.assign(state.settings, input)
    },
    calls() {
      return { calls: state.calls, counts: state.counts }
    },
    clear_calls() {
      Object.assign(state, { calls: [], counts: {} })
    },
    /** The oldest matching fault applies, one a call. */
    fault(input: Fault) {
      mustBeOneOf(input.step, [...steps, 'gobox', 'c8'], 'step')
      mustBeOneOf(input.kind, faultKinds, 'kind')
      state.faults.push({ ...input })
    },
    faults() {
      return state.faults
    },
    clear_faults() {
      state.faults = []
    },
    /** Replaces all earlier ones. */
    latency(input: Latency) {
      for (const target of Object.keys(input)) mustBeOneOf(target, [...steps, 'gobox', 'c8'], 'step')
      state.latency = { ...input }
    },
  }
}

/** What tests and the demo may do to the sandbox; over HTTP each is `POST /_control/{name}` with its input as JSON. */
const operationsOn = (state: SandboxState) => ({
  ...bothOperations(state),
  ...goboxOperations(state),
  ...c8Operations(state),
})

export function answerControl(state: SandboxState, name: string, input: unknown): Reply {
  const operations = operationsOn(state)
  try {
    mustBeOneOf(name, Object.keys(operations), 'operation')
    const operation = operations[name as keyof Operations] as (input: unknown) => unknown
    return { status: 200, body: operation(input) }
  } catch (error) {
    return { status: 400, body: { error: (error as Error).message } }
  }
}

/** A misspelt fault must not pass silently: the test would then prove nothing. */
function mustBeOneOf(value: string, allowed: readonly string[], what: string): void {
  if (!allowed.includes(value)) throw new Error(`unknown ${what} ${value}; one of ${allowed.join(', ')}`)
}
