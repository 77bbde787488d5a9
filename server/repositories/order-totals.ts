import { setImmediate as nextTurn } from 'node:timers/promises'
import { and, between, count, desc, eq, gt, sql, sum } from 'drizzle-orm'
import { orders } from '#drizzle/schema'
import type { OrderFilter } from '#shared/orders'
import { useStorage } from '../db/client.ts'
import { beginOfDay, cabinetTotals, countNextGoods, dayOf, dayTotals } from '../db/order-totals.ts'
import { asksForCabinet, asksForText, factsMatch, ordersMatch, type Span } from './order-filter.ts'

/** A stretch of time that holds orders which match a filter: how many, and their sum in fen. */
export interface Window extends Span {
  orders: number
  amount: number
}

/** Reading goes on in the event loop's next turn after so many orders, so that it never keeps goBox waiting for more than some milliseconds. */
export const SLICE = 2000

function knownDays(setOfBookId: number): { first: number; last: number } | undefined {
  const row = useStorage()
    .db.select({ first: sql<number | null>`min(${dayTotals.day})`, last: sql<number | null>`max(${dayTotals.day})` })
    .from(dayTotals)
    .where(eq(dayTotals.setOfBookId, setOfBookId))
    .get()
  return row?.first == null || row.last == null ? undefined : { first: row.first, last: row.last }
}

/** A span of time as the days of the totals that lie wholly in it, and what is left over at its ends. An open end reaches as far as there are orders. */
export function splitSpan(
  setOfBookId: number,
  { from, to }: Partial<Span>,
): { days: { first: number; last: number } | null; rests: Span[] } {
  const known = knownDays(setOfBookId)
  if (!known) return { days: null, rests: [] }
  const first = from === undefined ? known.first : dayOf(from - 1) + 1
  const last = to === undefined ? known.last : dayOf(to + 1) - 1
  if (first > last && from !== undefined && to !== undefined) return { days: null, rests: [{ from, to }] }
  const rests: Span[] = []
  if (to !== undefined && to >= beginOfDay(last + 1)) rests.push({ from: beginOfDay(last + 1), to })
  if (from !== undefined && from < beginOfDay(first)) rests.push({ from, to: beginOfDay(first) - 1 })
  const days = { first: Math.max(first, known.first), last: Math.min(last, known.last) }
  return { days: days.first > days.last ? null : days, rests }
}

/** The totals of whole days, newest first. */
function countDays(
  setOfBookId: number,
  filter: OrderFilter,
  { first, last }: { first: number; last: number },
): Window[] {
  const table = asksForCabinet(filter) ? cabinetTotals : dayTotals
  // Naming each day lets the primary key lead to the cabinet; a range of days would read all cabinets.
  const day =
    table === cabinetTotals && filter.unconfigured === undefined
      ? sql`${table.day} in (with recursive days(day) as (select ${first} union all select day + 1 from days where day < ${last}) select day from days)`
      : between(table.day, first, last)
  return useStorage()
    .db.select({ day: table.day, orders: sum(table.orders).mapWith(Number), amount: sum(table.amount).mapWith(Number) })
    .from(table)
    .where(and(factsMatch(table, setOfBookId, filter), day))
    .groupBy(table.day)
    .having(gt(sum(table.orders), 0))
    .orderBy(desc(table.day))
    .all()
    .map(({ day, ...totals }) => ({ from: beginOfDay(day), to: beginOfDay(day + 1) - 1, ...totals }))
}

function countOrders(setOfBookId: number, filter: OrderFilter, span: Span): Window {
  const row = useStorage()
    .db.select({ orders: count(), amount: sql<number>`coalesce(sum(${orders.totalAmount}), 0)` })
    .from(orders)
    .where(ordersMatch(setOfBookId, filter, span))
    .get()!
  return { ...span, ...row }
}

/** Counts what matches in windows of which only the facts are known; yields to other work between slices. */
async function countText(setOfBookId: number, filter: OrderFilter, windows: Window[]): Promise<Window[]> {
  const counted: Window[] = []
  let read = 0
  for (const window of windows) {
    read += window.orders
    const { orders, amount } = countOrders(setOfBookId, filter, window)
    if (orders > 0) counted.push({ ...window, orders, amount })
    if (read < SLICE) continue
    read = 0
    await nextTurn()
  }
  return counted
}

/**
 * Where the orders that match lie, newest first: by days, of which each holds at least one. Read from the totals, so that it takes as long
 * for a million orders as for a thousand; only `q` and `barcode` are looked for in the orders themselves, in slices and only on days
 * that hold orders of the filter's other conditions: about a second for a million orders, a tenth of it for a month of them.
 */
export async function findWindows(setOfBookId: number, filter: OrderFilter): Promise<Window[]> {
  if (filter.trans_id !== undefined) {
    const one = countOrders(setOfBookId, filter, {
      from: filter.start_date ?? 0,
      to: filter.end_date ?? Number.MAX_SAFE_INTEGER,
    })
    return one.orders > 0 ? [one] : []
  }
  const { days, rests } = splitSpan(setOfBookId, { from: filter.start_date, to: filter.end_date })
  const facts = { ...filter, q: undefined, barcode: undefined }
  const windows = [
    ...(days ? countDays(setOfBookId, facts, days) : []),
    ...rests.map((rest) => countOrders(setOfBookId, facts, rest)),
  ]
    .filter((window) => window.orders > 0)
    .sort((a, b) => b.from - a.from)
  return asksForText(filter) ? countText(setOfBookId, filter, windows) : windows
}

/** Adds the orders that have come to the goods' totals; yields to other work between slices. */
export async function countGoods(): Promise<void> {
  const { sqlite, write } = useStorage()
  while (await write(() => countNextGoods(sqlite))) await nextTurn()
}
