import { and, desc, eq, gt, gte, or, sql, sum } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import { dayOf, goodsTotals } from '#drizzle/totals'
import { useStorage } from '../storage/engine.ts'
import { queryOrders, type NamedOrderRecord } from './order-queries.ts'

/**
 * Orders that are looked through for part of a text, the newest: no index leads to them, and the answer is to come at
 * once.
 */
const RECENT_ORDERS = 20_000
/** Products sold within so many days are searched. */
const RECENT_DAYS = 90

/** The time of the oldest order that is searched; `undefined` if all are. */
async function recentSince(setOfBookId: number): Promise<number | undefined> {
  const [oldest] = await useStorage()
    .db.select({ createTime: orders.createTime })
    .from(orders)
    .where(eq(orders.setOfBookId, setOfBookId))
    .orderBy(desc(orders.createTime), desc(orders.id))
    .limit(1)
    .offset(RECENT_ORDERS - 1)
  return oldest?.createTime
}

/** The order with this number, then the newest ones with the text in number, buyer or document code. */
export async function findOrders(
  setOfBookId: number,
  q: string,
  limit: number,
  client?: AbortSignal,
): Promise<NamedOrderRecord[]> {
  const page = { start: 0, limit, sort: '-create_time' } as const
  const filters = [{ trans_id: q }, { q, start_date: await recentSince(setOfBookId) }]
  const found = new Map<number, NamedOrderRecord>()
  for (const filter of filters) {
    const { rows } = await queryOrders(setOfBookId, { ...page, ...filter }, client)
    for await (const slice of rows) for (const row of slice) found.set(row.id, row)
  }
  return [...found.values()].slice(0, limit)
}

/** Recently sold products by part of their name or barcode, highest turnover first. */
export async function findProducts(
  setOfBookId: number,
  q: string,
  limit: number,
  now: number,
): Promise<{ barcode: string; name: string }[]> {
  const { db, dialect } = useStorage()
  return db
    .select({ barcode: goodsTotals.barcode, name: sql<string>`max(${goodsTotals.name})` })
    .from(goodsTotals)
    .where(
      and(
        eq(goodsTotals.setOfBookId, setOfBookId),
        gte(goodsTotals.day, dayOf(now) - RECENT_DAYS),
        or(dialect.containsAscii(goodsTotals.name, q), dialect.containsAscii(goodsTotals.barcode, q)),
      ),
    )
    .groupBy(goodsTotals.barcode)
    .having(gt(sum(goodsTotals.lines), 0))
    .orderBy(desc(sum(goodsTotals.amount)), goodsTotals.barcode)
    .limit(limit)
}
