import { ORDER_STATUS, PAID, PAID_BACK, type OrderStatus } from '#shared/order-status'
import type { ExportRecord } from '../repositories/order-export.ts'
import { PLAIN_END, plainBegin, titleRow, writerFor } from './sheet.ts'

/** So many cabinets and products are told apart; memory is bounded, whatever goBox sends. */
const MAX_NAMED = 20_000

/** What something came to: in all orders, and of that in those paid and those paid back; money in fen. */
interface Sum {
  name: string | null
  count: number
  amount: number
  paid: number
  refunded: number
}

/** A part of the sheet; its rows by what they are about. */
type Part = Map<string, Sum>

const REST = '其他'

function addTo(part: Part, key: string, name: string | null, status: OrderStatus, count: number, amount: number) {
  const known = part.has(key) || part.size < MAX_NAMED ? key : REST
  let sum = part.get(known)
  if (!sum) part.set(known, (sum = { name: known === key ? name : null, count: 0, amount: 0, paid: 0, refunded: 0 }))
  sum.count += count
  sum.amount += amount
  if (status === PAID) sum.paid += amount
  if (status === PAID_BACK) sum.refunded += amount
}

/** Fractions of a piece are added as decimals. */
const pieces = (count: number) => Number(count.toFixed(6))

/** The sums of exported orders, taken while they are written. */
export class OrderSums {
  readonly #statuses: Part = new Map()
  readonly #cabinets: Part = new Map()
  readonly #products: Part = new Map()
  #cost = 0

  add({ status, devId, deviceName, totalAmount, products }: ExportRecord) {
    addTo(this.#statuses, ORDER_STATUS[status], null, status, 1, totalAmount)
    addTo(this.#cabinets, String(devId), deviceName, status, 1, totalAmount)
    for (const { barcode, name, num, amount, cost } of products) {
      addTo(this.#products, barcode, name, status, num, amount)
      this.#cost += cost ?? 0
    }
  }

  /** What the columns of the orders add up to. */
  get columns(): Partial<Record<string, number>> {
    const total = (part: Part, of: 'count' | 'amount') => part.values().reduce((sum, row) => sum + row[of], 0)
    return {
      num: pieces(total(this.#products, 'count')),
      amount: total(this.#products, 'amount'),
      cost: this.#cost,
      total_amount: total(this.#statuses, 'amount'),
    }
  }

  /** A sheet with what was filtered, and the sums apart: only what was paid and not taken back is turnover. */
  *sheet(filter: [word: string, value: string][], zone: string): Generator<string> {
    const { cell } = writerFor(zone)
    const text = cell.text as (text: string) => string
    yield plainBegin([24, 30, 12, 18, 20, 20])
    yield titleRow(['筛选条件'])
    for (const [word, value] of filter) yield `<row>${text(word)}${text(value)}</row>`
    const parts: [titles: string[], part: Part][] = [
      [['交易状态', '', '订单数', '订单总金额（元）'], this.#statuses],
      [
        ['设备id', '货柜名称', '订单数', '订单总金额（元）', '其中支付成功（元）', '其中退款成功（元）'],
        this.#cabinets,
      ],
      [['条码', '商品', '商品数量', '交易金额（元）', '其中支付成功（元）', '其中退款成功（元）'], this.#products],
    ]
    for (const [titles, part] of parts) {
      yield `<row/>${titleRow(titles)}`
      for (const [key, { name, count, amount, paid, refunded }] of [...part].sort(
        ([, a], [, b]) => b.amount - a.amount,
      ))
        yield `<row>${[
          (cell.id as typeof text)(key),
          text(name ?? ''),
          (cell.number as (count: number) => string)(pieces(count)),
          ...[amount, paid, refunded].slice(0, titles.length - 3).map(cell.money as (fen: number) => string),
        ].join('')}</row>`
    }
    yield PLAIN_END
  }
}
