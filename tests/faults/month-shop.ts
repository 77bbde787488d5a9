import { shopGoods } from '../../sandbox/catalog.ts'
import { timeText } from '../../sandbox/shop.ts'
import type { Order, RetailDocument } from '../../sandbox/state.ts'
import type { DifferenceKind } from '../../shared/settlement-kinds.ts'
import type { App, Shop } from '../api/server.ts'
import { eventually, orderRows, queue, tryToSend, untilIdle, type OrderRow } from './setup.ts'

export const PAID = 100
export const REFUNDS = [102, 103, 104, 110]
export const CABINETS = [10086, 10087]
const UNCONFIGURED = 10099

const known = shopGoods.filter(({ unknownToC8 }) => !unknownToC8)
const unknown = shopGoods.find(({ unknownToC8 }) => unknownToC8)!

export type Random = () => number
export const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)]!

/** An order as the simulation knows it, and in what the three sides do not agree about it. */
export interface Sale {
  order: Order
  date: string
  fate: string
  kinds: Set<DifferenceKind>
}

export const fenOfOrder = ({ products }: Pick<Order, 'products'>) =>
  products.reduce((sum, { amount }) => sum + Math.round(amount * 100), 0)

/** One shop, what it has sold, and what is done to it at goBox, at C8 and here. */
export class MonthShop {
  readonly sales: Sale[] = []
  /** Changes of closed days, by date. */
  readonly changes = new Map<string, number>()

  constructor(
    readonly app: App,
    readonly shop: Shop,
    readonly random: Random,
  ) {}

  ask<Body>(request: string, body?: unknown) {
    return this.app.ask<Body>(request, { token: this.shop.token, body })
  }

  /** Makes an order of a day that nobody has heard of yet. */
  sell(date: string, fate: string): Sale {
    const { random } = this
    const at = Date.parse(`${date}T00:00:00+08:00`) + Math.floor(random() * 86_399) * 1000
    const lines = Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
      const { barcode, name, price, cost } = fate === 'unknown' ? unknown : pick(random, known)
      const num = 1 + Math.floor(random() * 3)
      const amount = Math.round(price * num * (random() < 0.3 ? 0.88 : 1)) / 100
      return { barcode, name, num, amount, cost: (cost * num) / 100 }
    })
    const trans_id = `${this.shop.name}-${date}-${this.sales.length}`
    const times = { create_time: timeText(at), update_time: timeText(at) }
    const dev_id = fate === 'unconfigured' ? UNCONFIGURED : pick(random, CABINETS)
    // goBox lists an order's lines by barcode.
    const products = [...new Map(lines.map((line) => [line.barcode, line])).values()]
    const order = { trans_id, status: PAID, e_id: `E${trans_id}`, dev_id, ...times, products }
    const sale = { order, date, fate, kinds: new Set<DifferenceKind>() }
    this.sales.push(sale)
    return sale
  }

  /** goBox lists the order, as it is or with changes. */
  list({ order }: Sale, changes: Partial<Order> = {}) {
    return this.app.sandbox.control.addOrders(this.shop.name, { ...order, ...changes })
  }

  unlist({ order }: Sale) {
    return this.app.sandbox.control.removeOrder(this.shop.name, order.trans_id)
  }

  /** goBox sends its message, until it is taken. */
  send({ order }: Sale, changes: Partial<Order> = {}) {
    return eventually(() => tryToSend(this.app, this.shop, { ...order, ...changes }))
  }

  /** A status that the order gets later on the same day's clock. */
  async change(sale: Sale, status: number, { isListed = true, isSent = true } = {}) {
    const update_time = timeText(Date.parse(`${sale.order.update_time.replace(' ', 'T')}+08:00`) + 60_000)
    Object.assign(sale.order, { status, update_time })
    if (isListed) await this.list(sale)
    if (isSent) await this.send(sale)
  }

  documents({ order }: Sale): RetailDocument[] {
    return [...this.app.sandbox.state.documents.values()].filter(({ source_id: id }) => id === order.trans_id)
  }

  row({ order }: Sale): OrderRow | undefined {
    return orderRows(this.app, this.shop).find(({ trans_id: id }) => id === order.trans_id)
  }

  /** Somebody makes a document by hand, alike one that there is. */
  copyDocument(source: RetailDocument, { order }: Sale) {
    const total_amount = fenOfOrder(order) / 100
    const code = `LS-by-hand-${order.trans_id}`
    return this.app.sandbox.control.addDocument({
      ...source,
      ...{ set_of_book: this.shop.name, source_id: order.trans_id, code, total_amount, status: 6 },
    })
  }

  /** Imports these orders, whatever faults there are: a person queues again what was refused. */
  async importAll(sales: Sale[]) {
    const wanted = new Set(sales.map(({ order }) => order.trans_id))
    for (let round = 0; ; round++) {
      const left = orderRows(this.app, this.shop).filter(
        ({ trans_id: id, import_state: state }) => wanted.has(id) && state !== 'imported',
      )
      if (left.length === 0) return
      if (round === 2) await this.app.sandbox.control.clearFaults()
      if (round > 5) throw new Error(`not imported: ${left[0]!.trans_id}: ${left[0]!.import_error}`)
      await queue(
        this.app,
        this.shop,
        left.map(({ id }) => id),
      )
      await untilIdle(this.app, this.shop)
    }
  }
}
