import { and, between, desc, eq, gt, max, min, sql, sum, type Column, type SQL } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import { beginOfDay, cabinetTotals, DAY_OFFSET, dayOf, dayTotals } from '#drizzle/totals'
import { PAID, PAID_BACK, type OrderStatus } from '#shared/order-status'
import type { OrderFilter } from '#shared/orders'
import { DAY } from '#shared/time'
import { useStorage, type Reader } from '../storage/engine.ts'
import { nextTurn } from '../turns.ts'
import {
  asksForCabinet,
  asksForFew,
  asksForText,
  factsMatch,
  factsOf,
  inSpan,
  NO_TEXT,
  ordersMatch,
  type Span,
} from './order-filter.ts'

/** The number of matching orders and their sums in fen: all, paid, and refunded. */
export interface Totals {
  orders: number
  amount: number
  paidOrders: number
  paidAmount: number
  refundedOrders: number
  refundedAmount: number
}

/** A span of time with orders that match a filter. */
export interface Window extends Span, Totals {}

const sumOf = (value: SQL | Column) => sql`coalesce(sum(${value}), 0)`.mapWith(Number)
const ofStatus = (status: Column, wanted: OrderStatus, value: SQL | Column) =>
  sumOf(sql`case when ${status} = ${sql.raw(String(wanted))} then ${value} else 0 end`)

/** The sums over rows that stand for `count` orders of one status each. */
const sumsOf = (status: Column, count: SQL | Column, amount: Column) => ({
  orders: sumOf(count),
  amount: sumOf(amount),
  paidOrders: ofStatus(status, PAID, count),
  paidAmount: ofStatus(status, PAID, amount),
  refundedOrders: ofStatus(status, PAID_BACK, count),
  refundedAmount: ofStatus(status, PAID_BACK, amount),
})
const sumsOfOrders = () => sumsOf(orders.status, sql`1`, orders.totalAmount)

/** The windows' totals together. */
export function addTotals(windows: Window[]): Totals {
  const total = (field: keyof Totals) => windows.reduce((sum, window) => sum + window[field], 0)
  return {
    orders: total('orders'),
    amount: total('amount'),
    paidOrders: total('paidOrders'),
    paidAmount: total('paidAmount'),
    refundedOrders: total('refundedOrders'),
    refundedAmount: total('refundedAmount'),
  }
}

/** Orders per read, so that goBox's messages never wait for more than a few milliseconds. */
export const SLICE = 2000

/** Whole days of the totals, both inclusive. */
export interface Days {
  first: number
  last: number
}

/** The first and last day with orders; `undefined` if there are none. */
export async function knownDays(db: Reader, setOfBookId: number): Promise<Days | undefined> {
  const [row] = await db
    .select({ first: min(dayTotals.day), last: max(dayTotals.day) })
    .from(dayTotals)
    .where(eq(dayTotals.setOfBookId, setOfBookId))
  return row?.first == null || row.last == null ? undefined : { first: row.first, last: row.last }
}

/** A span as whole days of the totals, plus the partial days at its ends. */
interface Split {
  days: Days | null
  rests: Span[]
}

/** As `splitSpan`, with the days that have orders already known. */
export function splitKnown(known: Days | undefined, { from, to }: Partial<Span>): Split {
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

/**
 * A span of time as the days of the totals that lie wholly in it, and what is left over at its ends. An open end
 * reaches as far as there are orders.
 */
export async function splitSpan(db: Reader, setOfBookId: number, span: Partial<Span>): Promise<Split> {
  return splitKnown(await knownDays(db, setOfBookId), span)
}

/** The totals of whole days, newest first. */
async function countDays(
  db: Reader,
  setOfBookId: number,
  filter: OrderFilter,
  { first, last }: Days,
): Promise<Window[]> {
  const table = asksForCabinet(filter) ? cabinetTotals : dayTotals
  // With every day named, the primary key finds the cabinet; a range of days would read all cabinets.
  const day =
    table === cabinetTotals && filter.unconfigured === undefined
      ? useStorage().dialect.isBetweenDays(table.day, first, last)
      : between(table.day, first, last)
  const rows = await db
    .select({ day: table.day, ...sumsOf(table.status, table.orders, table.amount) })
    .from(table)
    .where(and(factsMatch(table, setOfBookId, filter), day))
    .groupBy(table.day)
    .having(gt(sum(table.orders), 0))
    .orderBy(desc(table.day))
  return rows.map(({ day, ...totals }) => ({ from: beginOfDay(day), to: beginOfDay(day + 1) - 1, ...totals }))
}

/** The matching orders by day, newest first, for filters whose few orders have an index. */
async function countFew(db: Reader, setOfBookId: number, filter: OrderFilter): Promise<Window[]> {
  const day = sql<number>`(${orders.createTime} + ${sql.raw(String(DAY_OFFSET))}) / ${sql.raw(String(DAY))}`
  const span = { from: filter.start_date ?? 0, to: filter.end_date ?? Number.MAX_SAFE_INTEGER }
  const rows = await db
    .select({ day: day.mapWith(Number), ...sumsOfOrders() })
    .from(orders)
    .where(ordersMatch(setOfBookId, { ...filter, ...NO_TEXT }, span))
    .groupBy(day)
    .orderBy(desc(day))
  return rows.map(({ day: number, ...totals }) => ({
    from: Math.max(span.from, beginOfDay(number)),
    to: Math.min(span.to, beginOfDay(number + 1) - 1),
    ...totals,
  }))
}

async function countOrders(db: Reader, setOfBookId: number, filter: OrderFilter, span: Span): Promise<Window> {
  const [row] = await db
    .select(sumsOfOrders())
    .from(orders)
    .where(ordersMatch(setOfBookId, filter, span))
  return { ...span, ...row! }
}

/** The order that stands at the end of the span's first `SLICE`, newest first; `undefined` if it holds fewer. */
async function endOfSlice(setOfBookId: number, span: Span) {
  const [last] = await useStorage()
    .db.select({ createTime: orders.createTime, id: orders.id })
    .from(orders)
    .where(and(eq(orders.setOfBookId, setOfBookId), inSpan(span)))
    .orderBy(desc(orders.createTime), desc(orders.id))
    .limit(1)
    .offset(SLICE - 1)
  return last
}

/** The parts of a span that hold at most `SLICE` orders each, newest first, whatever those are. */
async function* slicesOf(setOfBookId: number, whole: Span): AsyncGenerator<Span> {
  const left = [whole]
  for (let span = left.pop(); span; span = left.pop()) {
    const last = await endOfSlice(setOfBookId, span)
    if (!last) yield span
    else if (span.ids) {
      yield { ...span, ids: { from: last.id, to: span.ids.to } }
      left.push({ ...span, ids: { from: span.ids.from, to: last.id - 1 } })
    } else {
      const { createTime: moment } = last
      if (span.from < moment) left.push({ from: span.from, to: moment - 1 })
      left.push({ from: moment, to: moment, ids: { from: 0, to: Number.MAX_SAFE_INTEGER } })
      if (moment < span.to) yield { from: moment + 1, to: span.to }
    }
  }
}

/** Milliseconds of reading after which the event loop gets a turn. */
const TURN = 3

/** Counts what matches in windows of which only the facts are known; yields to other work between slices. */
async function countText(
  setOfBookId: number,
  filter: OrderFilter,
  windows: Window[],
  client?: AbortSignal,
): Promise<Window[]> {
  const counted: Window[] = []
  let begin = performance.now()
  for (const { from, to } of windows) {
    for await (const slice of slicesOf(setOfBookId, { from, to })) {
      const window = await countOrders(useStorage().db, setOfBookId, filter, slice)
      if (window.orders > 0) counted.push(window)
      if (performance.now() - begin < TURN) continue
      await nextTurn(client)
      begin = performance.now()
    }
  }
  return counted
}

/**
 * Where the orders that match lie, newest first: by days or parts of them, of which each holds at least one. Read from
 * the totals, so that it takes as long for a million orders as for a thousand; only `q`, `barcode` and reasons are
 * looked for in the orders themselves, in slices and only on days that hold orders of the filter's other conditions:
 * about a second for a million orders, a tenth of it for a month of them.
 */
export async function findWindows(
  setOfBookId: number,
  filter: OrderFilter,
  { db = useStorage().db, client }: { db?: Reader; client?: AbortSignal } = {},
): Promise<Window[]> {
  if (filter.trans_id !== undefined) {
    const one = await countOrders(db, setOfBookId, filter, {
      from: filter.start_date ?? 0,
      to: filter.end_date ?? Number.MAX_SAFE_INTEGER,
    })
    return one.orders > 0 ? [one] : []
  }
  if (asksForFew(filter)) {
    const found = await countFew(db, setOfBookId, filter)
    return asksForText(filter) ? countText(setOfBookId, filter, found, client) : found
  }
  const { days, rests } = await splitSpan(db, setOfBookId, { from: filter.start_date, to: filter.end_date })
  const facts = factsOf(filter)
  const windows = days ? await countDays(db, setOfBookId, facts, days) : []
  for (const rest of rests) windows.push(await countOrders(db, setOfBookId, facts, rest))
  const found = windows.filter((window) => window.orders > 0).sort((a, b) => b.from - a.from)
  return asksForText(filter) ? countText(setOfBookId, filter, found, client) : found
}

/** Adds the orders that have come to the goods' totals; yields to other work between slices. */
export async function countGoods(): Promise<void> {
  const { totals } = useStorage()
  while (await totals.countNext()) await nextTurn()
}
