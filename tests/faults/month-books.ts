import { expect } from 'vitest'
import type { SettlementDetail } from '../../shared/settlement-answers.ts'
import { fenOf, eventually, orderRows } from './setup.ts'
import { fenOfOrder, PAID, REFUNDS, type MonthShop, type Sale } from './month-shop.ts'

interface Sum {
  orders: number
  amount: number
}

const sumOf = (amounts: number[]): Sum => ({
  orders: amounts.length,
  amount: amounts.reduce((sum, fen) => sum + fen, 0) / 100,
})

/** What goBox lists of a day, by `trans_id`. */
function listedOf(shop: MonthShop, date: string) {
  const all = shop.app.sandbox.state.trades.get(shop.shop.name) ?? new Map()
  return new Map(
    [...all].flatMap(([transId, entries]) => {
      const [first] = entries
      if (!first?.create_time.startsWith(date)) return []
      const fen = entries.reduce((sum: number, { amount }: { amount?: number }) => sum + Math.round(amount! * 100), 0)
      return [[transId as string, { status: first.status as number, fen: fen as number }] as const]
    }),
  )
}

/** C8's amount of an order: of its own document, else of the first that there is. */
function c8AmountOf(shop: MonthShop, sale: Sale, retailId: string | null | undefined): number | null {
  const documents = shop.documents(sale)
  const document = documents.find(({ id }) => String(id) === String(retailId)) ?? documents[0]
  return document ? fenOf(document) : null
}

const KINDS_WITHOUT_C8 = [
  'missing_at_gobox',
  'status_differs',
  'amount_differs',
  'not_imported',
  'refunded_after_import',
  'refused',
]

/** What a complete check must show of a day, made from what has been done to the upstreams. */
function booksOf(shop: MonthShop, date: string) {
  const sales = shop.sales.filter((sale) => sale.date === date)
  const listed = listedOf(shop, date)
  const rows = new Map(orderRows(shop.app, shop.shop).map((row) => [row.trans_id, row]))
  const stored = sales.filter(({ order, fate }) => fate !== 'refused' && rows.has(order.trans_id))
  const yuan = (fen: number | null | undefined) => (fen == null ? null : fen / 100)
  const c8 = new Map(sales.map((sale) => [sale, c8AmountOf(shop, sale, rows.get(sale.order.trans_id)?.retail_id)]))
  return {
    gobox: sumOf([...listed.values()].filter(({ status }) => status === PAID).map(({ fen }) => fen)),
    stored: sumOf(stored.filter(({ order }) => order.status === PAID).map(({ order }) => fenOfOrder(order))),
    refunds: sumOf(stored.filter(({ order }) => REFUNDS.includes(order.status)).map(({ order }) => fenOfOrder(order))),
    c8: sumOf([...c8.values()].filter((fen) => fen !== null)),
    open: sales
      .flatMap((sale) =>
        [...sale.kinds].map((kind) => ({
          kind,
          trans_id: sale.order.trans_id,
          dev_id: sale.order.dev_id,
          gobox_amount: yuan(listed.get(sale.order.trans_id)?.fen),
          stored_amount: kind === 'refused' ? null : yuan(fenOfOrder(sale.order)),
          c8_amount: KINDS_WITHOUT_C8.includes(kind) ? null : yuan(c8.get(sale)),
        })),
      )
      .sort(byKey),
  }
}

type Key = { kind: string; trans_id: string }
const byKey = (a: Key, b: Key) => (`${a.trans_id} ${a.kind}` < `${b.trans_id} ${b.kind}` ? -1 : 1)

/** Holds that the check has found what there is, and nothing else, to the fen. */
export function expectBooks(shop: MonthShop, day: SettlementDetail) {
  const { open, ...figures } = booksOf(shop, day.date)
  const found = day.differences
    .filter((row) => row.resolved_at === null)
    .map(({ kind, trans_id, dev_id, gobox_amount, stored_amount, c8_amount }) => ({
      ...{ kind, trans_id, dev_id, gobox_amount, stored_amount, c8_amount },
    }))
  expect(found.sort(byKey), `${shop.shop.name} ${day.date}`).toEqual(open)
  const { gobox, stored, refunds, c8 } = day
  expect({ gobox, stored, refunds, c8 }, `${shop.shop.name} ${day.date}`).toEqual(figures)
  const add = (column: 'gobox' | 'stored' | 'c8' | 'refunds') =>
    day.cabinets.reduce((sum, cabinet) => sum + Math.round((cabinet[column]?.amount ?? 0) * 100), 0) / 100
  expect(['gobox', 'stored', 'c8', 'refunds'].map((column) => add(column as 'gobox'))).toEqual(
    [gobox, stored, c8, refunds].map((sum) => sum!.amount),
  )
}

export const view = async (shop: MonthShop, date: string) =>
  (await shop.ask<SettlementDetail>(`GET /api/settlements/${date}`)).body

/**
 * Checks days, again and again where a fault breaks a check off: that says why, and the last complete check stands.
 */
export async function checkDays(shop: MonthShop, dates: string[], disturb: () => Promise<unknown>) {
  let left = dates
  const before = new Map<string, string | null>()
  for (let round = 0; left.length > 0; round++) {
    if (round > 3) throw new Error(`${left[0]}: ${(await view(shop, left[0]!)).check_error}`)
    if (round < 2) await disturb()
    else await shop.app.sandbox.control.clearFaults()
    for (const date of left) {
      before.set(date, (await view(shop, date)).checked_at)
      expect(await shop.ask(`POST /api/settlements/${date}/check`)).toMatchObject({ status: 200 })
    }
    const ended = await Promise.all(left.map((date) => untilChecked(shop, date)))
    for (const day of ended) if (day.check_error) expect(day.checked_at).toBe(before.get(day.date))
    left = ended.filter((day) => day.check_error).map(({ date }) => date)
  }
}

const untilChecked = (shop: MonthShop, date: string) =>
  eventually(async () => {
    const day = await view(shop, date)
    return day.status !== 'checking' && day
  })
