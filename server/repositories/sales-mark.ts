import { and, eq, gte, lte, sql } from 'drizzle-orm'
import { dayOf, dayTotals } from '#drizzle/totals'
import { useStorage } from '../storage/engine.ts'

/** What differs after an order has come or gone in a span of days. */
export async function salesMark(setOfBookId: number, since: number, until: number): Promise<string> {
  const total = (value: ReturnType<typeof sql>) => sql`coalesce(sum(${value}), 0)`.mapWith(Number)
  const { day } = dayTotals
  const [row] = await useStorage()
    .db.select({
      orders: total(sql`${dayTotals.orders}`),
      days: total(sql`${dayTotals.orders} * ${day}`),
      amount: total(sql`${dayTotals.amount}`),
    })
    .from(dayTotals)
    .where(and(eq(dayTotals.setOfBookId, setOfBookId), gte(day, dayOf(since)), lte(day, dayOf(until))))
  return JSON.stringify(row)
}
