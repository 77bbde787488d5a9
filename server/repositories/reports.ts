import { and, between, count, eq, gt, inArray, sql, sum, type Column, type SQL } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import { beginOfDay, cabinetTotals, DAY_OFFSET, dayTotals, goodsTotals } from '#drizzle/totals'
import { PAID, PAID_BACK } from '#shared/order-status'
import { DAY } from '#shared/time'
import { useStorage, type Reader } from '../storage/engine.ts'
import { nextTurn } from '../turns.ts'
import type { Span } from './order-filter.ts'
import { knownDays, splitKnown, splitSpan, type Days } from './order-totals.ts'
import type { Sum } from './summary.ts'

/** What was sold and what was paid back. */
export interface SoldSums {
  sales: Sum
  refunds: Sum
}

/** What was sold, in fen, with what it cost; `uncosted` is the amount of the lines whose cost is not known. */
export interface Earned {
  amount: number
  cost: number
  uncosted: number
}

export interface SpanSums extends SoldSums, Earned {}

type Status = typeof PAID | typeof PAID_BACK
const TOLD: Status[] = [PAID, PAID_BACK]

export const noSold = (): SoldSums => ({ sales: { orders: 0, amount: 0 }, refunds: { orders: 0, amount: 0 } })
const nothing = (): SpanSums => ({ ...noSold(), amount: 0, cost: 0, uncosted: 0 })

/** Adds orders of one status. */
function addSold(sums: SoldSums, status: number, { orders, amount }: Sum) {
  const to = status === PAID ? sums.sales : sums.refunds
  to.orders += orders
  to.amount += amount
}

function addEarned(to: Earned, { amount, cost, uncosted }: Earned) {
  to.amount += amount
  to.cost += cost
  to.uncosted += uncosted
}

const total = (column: Column | SQL) => sql`coalesce(sum(${column}), 0)`.mapWith(Number)
const counted = () => ({ orders: count(), amount: total(orders.totalAmount) })

const isTold = (setOfBookId: number, { from, to }: Span) =>
  and(eq(orders.setOfBookId, setOfBookId), between(orders.createTime, from, to), inArray(orders.status, TOLD))

/** What paid orders sold; of those alone that came later than the order `after`, by the day of the totals. */
function earnedOfOrders(db: Reader, setOfBookId: number, { from, to }: Span, after?: number) {
  const { dialect } = useStorage()
  const line = dialect.orderLines(orders.products)
  const day = sql`(${orders.createTime} + ${sql.raw(String(DAY_OFFSET))}) / ${sql.raw(String(DAY))}`.mapWith(Number)
  const { unindexed } = dialect
  return (
    db
      .select({
        day,
        amount: total(line.amount),
        cost: total(line.cost),
        uncosted: total(sql`case when ${line.cost} is null then ${line.amount} else 0 end`),
      })
      .from(orders)
      .innerJoin(line.from, sql`true`)
      // The few new orders are gone through, not the span.
      .where(
        after === undefined
          ? and(eq(orders.setOfBookId, setOfBookId), between(orders.createTime, from, to), eq(orders.status, PAID))
          : and(
              gt(orders.id, after),
              sql`${unindexed(orders.setOfBookId)} = ${setOfBookId}`,
              sql`${unindexed(orders.createTime)} between ${from} and ${to}`,
              eq(orders.status, PAID),
            ),
      )
      .groupBy(day)
  )
}

/** What whole days earned: those that are counted, and the orders that have come since. */
function earnedOfDays(setOfBookId: number, { first, last }: Days) {
  const { snapshot, totals } = useStorage()
  return snapshot(async (db) => {
    const upto = await totals.countedUpTo(db)
    const whole = await db
      .select({
        day: goodsTotals.day,
        amount: total(goodsTotals.amount),
        cost: total(goodsTotals.cost),
        uncosted: total(goodsTotals.uncosted),
      })
      .from(goodsTotals)
      .where(and(eq(goodsTotals.setOfBookId, setOfBookId), between(goodsTotals.day, first, last)))
      .groupBy(goodsTotals.day)
    if (upto === null) return whole
    const span = { from: beginOfDay(first), to: beginOfDay(last + 1) - 1 }
    return [...whole, ...(await earnedOfOrders(db, setOfBookId, span, upto))]
  })
}

/** Adds the whole days of the totals to what `sumsOf` names. */
async function addDays(setOfBookId: number, sumsOf: Map<number, SpanSums>) {
  const days = { first: Math.min(...sumsOf.keys()), last: Math.max(...sumsOf.keys()) }
  const rows = await useStorage()
    .db.select({
      day: dayTotals.day,
      status: dayTotals.status,
      orders: total(dayTotals.orders),
      amount: total(dayTotals.amount),
    })
    .from(dayTotals)
    .where(
      and(
        eq(dayTotals.setOfBookId, setOfBookId),
        between(dayTotals.day, days.first, days.last),
        inArray(dayTotals.status, TOLD),
      ),
    )
    .groupBy(dayTotals.day, dayTotals.status)
  for (const { day, status, ...part } of rows) {
    const sums = sumsOf.get(day)
    if (sums) addSold(sums, status, part)
  }
  await nextTurn()
  for (const { day, ...part } of await earnedOfDays(setOfBookId, days)) {
    const sums = sumsOf.get(day)
    if (sums) addEarned(sums, part)
  }
}

/** Adds what fills no day of the totals, from the orders. */
async function addRest(setOfBookId: number, rest: Span, sums: SpanSums) {
  const { db } = useStorage()
  const rows = await db
    .select({ status: orders.status, ...counted() })
    .from(orders)
    .where(isTold(setOfBookId, rest))
    .groupBy(orders.status)
  for (const { status, ...part } of rows) addSold(sums, status, part)
  for (const part of await earnedOfOrders(db, setOfBookId, rest)) addEarned(sums, part)
  await nextTurn()
}

/** What each of several spans, of which none overlap, came to: from the totals as far as these reach. */
export async function sumSpans(setOfBookId: number, spans: Span[]): Promise<SpanSums[]> {
  const known = await knownDays(useStorage().db, setOfBookId)
  const ofDay = new Map<number, SpanSums>()
  const all = spans.map(nothing)
  const splits = spans.map((span) => splitKnown(known, span))
  splits.forEach(({ days }, index) => {
    for (let day = days?.first ?? 0; days && day <= days.last; day++) ofDay.set(day, all[index]!)
  })
  if (ofDay.size > 0) await addDays(setOfBookId, ofDay)
  for (const [index, { rests }] of splits.entries())
    for (const rest of rests) await addRest(setOfBookId, rest, all[index]!)
  return all
}

/** What each cabinet sold in a span. */
export async function sumCabinets(setOfBookId: number, span: Span): Promise<Map<string, SoldSums>> {
  const { db } = useStorage()
  const { days, rests } = await splitSpan(db, setOfBookId, span)
  const table = new Map<string, SoldSums>()
  const add = ({ devId, status, ...part }: Sum & { devId: number; status: number }) => {
    const key = String(devId)
    if (!table.has(key)) table.set(key, noSold())
    addSold(table.get(key)!, status, part)
  }
  const { devId, status, day, orders: number, amount } = cabinetTotals
  if (days) {
    const rows = await db
      .select({ devId, status, orders: total(number), amount: total(amount) })
      .from(cabinetTotals)
      .where(
        and(eq(cabinetTotals.setOfBookId, setOfBookId), between(day, days.first, days.last), inArray(status, TOLD)),
      )
      .groupBy(devId, status)
      .having(gt(sum(number), 0))
    rows.forEach(add)
  }
  for (const rest of rests) {
    const rows = await db
      .select({ devId: orders.devId, status: orders.status, ...counted() })
      .from(orders)
      .where(isTold(setOfBookId, rest))
      .groupBy(orders.devId, orders.status)
    rows.forEach(add)
  }
  return table
}

/** What a quarter of an hour came to, with its first millisecond: no zone's clock changes within one. */
export interface QuarterSum extends Sum {
  at: number
  status: number
}

const QUARTER = DAY / 96
/** So long a stretch is read at once: some milliseconds in a busy shop. */
const SLICE = 7 * DAY

/** What each quarter of an hour of a span came to, from the orders, in slices. */
export async function* readQuarters(setOfBookId: number, { from, to }: Span): AsyncGenerator<QuarterSum[]> {
  const { db } = useStorage()
  const quarter = sql`${orders.createTime} / ${sql.raw(String(QUARTER))}`.mapWith(Number)
  for (let begin = from; begin <= to; begin += SLICE) {
    const rows = await db
      .select({ quarter, status: orders.status, ...counted() })
      .from(orders)
      .where(isTold(setOfBookId, { from: begin, to: Math.min(begin + SLICE - 1, to) }))
      .groupBy(quarter, orders.status)
    yield rows.map(({ quarter: number, ...row }) => ({ ...row, at: number * QUARTER }))
    await nextTurn()
  }
}
