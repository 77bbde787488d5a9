import { reasonKey } from '#shared/error-codes'
import type { ImportsPreview } from '#shared/imports'
import { fenToYuan } from '#shared/money'
import type { C8Id } from '#shared/c8-id'
import { findC8Barcodes } from '../repositories/barcode-aliases.ts'
import type { DeviceRecord } from '../repositories/devices.ts'
import type { OrderRecord } from '../repositories/orders.ts'
import { readWholeOrders } from '../repositories/import-batch-work.ts'
import type { SessionRecord } from '../repositories/sessions.ts'
import { DomainError, type Refused } from '../errors.ts'
import { nextTurn } from '../turns.ts'
import { getProductId, getTaxRate } from './c8-catalog.ts'
import { answerOf, dayOf, findDevice, makeDraft, type Answer } from './retail-draft.ts'
import { chooseOrders, reasonOf, type JobRequest } from './start-job.ts'

/** Orders that are looked at in one go. */
const SLICE = 200
/** Calls to C8 at a time, and milliseconds after which it is asked nothing more. */
const ASKERS = 4
const PATIENCE = 5000

/** What is known of cabinets, barcodes and rates, each asked for once, however many orders need it. */
class Facts {
  readonly #session: SessionRecord
  readonly #deadline = performance.now() + PATIENCE
  readonly #devices = new Map<string, DeviceRecord | undefined>()
  readonly #aliases = new Map<string, string>()
  readonly #products = new Map<string, Answer<C8Id>>()
  readonly #rates = new Map<number, Answer<number>>()
  readonly #unknown = new Set<string>()

  constructor(session: SessionRecord) {
    this.#session = session
  }

  /** How many barcodes and rates C8 could not be asked for. */
  get unchecked() {
    return this.#unknown.size
  }

  /** Gets what these orders need. */
  async gather(orders: OrderRecord[], client: AbortSignal) {
    for (const [date, ofDay] of Map.groupBy(orders, dayOf)) {
      const barcodes = new Set(ofDay.flatMap(({ products }) => products.map(({ barcode }) => barcode)))
      const unknown = [...barcodes].filter((barcode) => !this.#aliases.has(`${date} ${barcode}`))
      const aliases = await findC8Barcodes(this.#session.setOfBookId, unknown, date)
      for (const barcode of unknown) this.#aliases.set(`${date} ${barcode}`, aliases.get(barcode) ?? barcode)
      for (const order of ofDay) {
        const key = `${date} ${order.devId}`
        if (!this.#devices.has(key)) this.#devices.set(key, await findDevice(order))
      }
    }
    await this.#askC8(orders, client)
  }

  async #askC8(orders: OrderRecord[], client: AbortSignal) {
    const barcodes = new Set(
      orders.flatMap((order) => order.products.map((line) => this.#c8Barcode(order, line.barcode))),
    )
    const types = new Set(orders.map((order) => this.deviceOf(order)?.billType).filter((type) => type !== undefined))
    const asks = [
      ...[...types]
        .filter((type) => !this.#rates.has(type))
        .map((type) => ({
          name: `rate ${type}`,
          ask: () => this.#ask(this.#rates, type, getTaxRate(this.#session, type)),
        })),
      ...[...barcodes]
        .filter((barcode) => !this.#products.has(barcode))
        .map((barcode) => ({
          name: barcode,
          ask: () => this.#ask(this.#products, barcode, getProductId(this.#session, barcode)),
        })),
    ].values()
    const work = async () => {
      for (const { name, ask } of asks) {
        client.throwIfAborted()
        const isAnswered = performance.now() < this.#deadline && (await ask())
        if (!isAnswered) this.#unknown.add(name)
      }
    }
    await Promise.all(Array.from({ length: ASKERS }, work))
  }

  /** `false` where C8 does not say. */
  async #ask<Key, T>(table: Map<Key, Answer<T>>, key: Key, asking: Promise<T>): Promise<boolean> {
    try {
      table.set(key, await answerOf(asking))
      return true
    } catch (error) {
      if (error instanceof DomainError) return false
      throw error
    }
  }

  #c8Barcode(order: OrderRecord, barcode: string): string {
    return this.#aliases.get(`${dayOf(order)} ${barcode}`)!
  }

  deviceOf(order: OrderRecord) {
    return this.#devices.get(`${dayOf(order)} ${order.devId}`)
  }

  problemsOf(order: OrderRecord): Refused[] {
    const device = this.deviceOf(order)
    const productIds = new Map<string, Answer<C8Id>>()
    const c8Barcodes = new Map<string, string>()
    for (const { barcode } of order.products) {
      const c8Barcode = this.#c8Barcode(order, barcode)
      if (c8Barcode !== barcode) c8Barcodes.set(barcode, c8Barcode)
      const answer = this.#products.get(c8Barcode)
      if (answer !== undefined) productIds.set(barcode, answer)
    }
    const taxRate = device && this.#rates.get(device.billType)
    return makeDraft(order, device, { productIds, c8Barcodes, taxRate }).problems
  }
}

/**
 * How many of these orders an import would book, and what stands in the way of the others, grouped. What C8 does not
 * say in time is counted and no problem. Throws as starting the import does, and ClientLeft.
 */
export async function previewImports(
  session: SessionRecord,
  request: Omit<JobRequest, 'kind'>,
  client: AbortSignal,
): Promise<ImportsPreview> {
  const chosen = await chooseOrders(session.setOfBookId, { kind: 'import', ...request })
  // A document that C8 has, or may have, is only brought to its end.
  const going = chosen.filter((order) => reasonOf('import', order) === undefined)
  const fresh = going.filter((order) => order.importState !== 'created' && order.createUnansweredAt === null)
  const facts = new Facts(session)
  const groups = new Map<string, ImportsPreview['problems'][number]>()
  let ready = { count: going.length, fen: going.reduce((sum, { totalAmount }) => sum + totalAmount, 0) }
  for (let start = 0; start < fresh.length; start += SLICE) {
    await nextTurn(client)
    const ids = fresh.slice(start, start + SLICE).map(({ id }) => id)
    const orders = await readWholeOrders(session.setOfBookId, ids)
    await facts.gather(orders, client)
    for (const order of orders) {
      const problems = facts.problemsOf(order)
      if (problems.length > 0) ready = { count: ready.count - 1, fen: ready.fen - order.totalAmount }
      for (const { message: errmsg, code, params = null } of problems) {
        const key = reasonKey({ message: errmsg, code, params })
        const group = groups.get(key) ?? { errmsg, code, params, count: 0 }
        groups.set(key, { ...group, count: group.count + 1 })
      }
    }
  }
  return {
    total: chosen.length,
    count: ready.count,
    amount: fenToYuan(ready.fen),
    problems: [...groups.values()].sort((a, b) => b.count - a.count),
    unchecked: facts.unchecked,
  }
}
