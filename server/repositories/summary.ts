import { and, between, count, eq, gt, sql, sum, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { orders, setOfBooks } from '#drizzle/schema'
import { PAID, type OrderStatus } from '#shared/order-status'
import { useStorage } from '../db/client.ts'
import { beginOfDay, cabinetTotals, dayTotals, goodsCounted, goodsTotals } from '../db/order-totals.ts'
import type { Span } from './order-filter.ts'
import { splitSpan } from './order-totals.ts'

/** How many orders, and their sum in fen. */
export interface Sum {
  orders: number
  amount: number
}

/** What was sold of a product, in fen; `uncosted` is the amount of the lines whose cost is not known. */
export interface GoodsSum {
  barcode: string
  name: string
  quantity: number
  amount: number
  cost: number
  uncosted: number
}

const add = (table: Map<number, Sum>, key: number, { orders, amount }: Sum) => {
  const known = table.get(key) ?? { orders: 0, amount: 0 }
  table.set(key, { orders: known.orders + orders, amount: known.amount + amount })
}

const inSpan = (setOfBookId: number, { from, to }: Span, condition?: SQL) =>
  and(eq(orders.setOfBookId, setOfBookId), between(orders.createTime, from, to), condition)

const counted = { orders: count(), amount: sum(orders.totalAmount).mapWith(Number) }

/** The orders of a span by their status. */
export async function sumByStatus(setOfBookId: number, span: Span): Promise<Map<OrderStatus, Sum>> {
  const { db } = useStorage()
  const { days, rests } = splitSpan(setOfBookId, span)
  const table = new Map<OrderStatus, Sum>()
  const whole =
    days &&
    db
      .select({
        key: dayTotals.status,
        orders: sum(dayTotals.orders).mapWith(Number),
        amount: sum(dayTotals.amount).mapWith(Number),
      })
      .from(dayTotals)
      .where(and(eq(dayTotals.setOfBookId, setOfBookId), between(dayTotals.day, days.first, days.last)))
      .groupBy(dayTotals.status)
      .all()
  const parts = rests.flatMap((rest) =>
    db
      .select({ key: orders.status, ...counted })
      .from(orders)
      .where(inSpan(setOfBookId, rest))
      .groupBy(orders.status)
      .all(),
  )
  for (const { key, ...part } of [...(whole ?? []), ...parts]) add(table, key, part)
  return table
}

/** The paid orders of a span by their cabinet. */
export async function sumByCabinet(setOfBookId: number, span: Span): Promise<Map<number, Sum>> {
  const { db } = useStorage()
  const { days, rests } = splitSpan(setOfBookId, span)
  const table = new Map<number, Sum>()
  const whole =
    days &&
    db
      .select({
        key: cabinetTotals.devId,
        orders: sum(cabinetTotals.orders).mapWith(Number),
        amount: sum(cabinetTotals.amount).mapWith(Number),
      })
      .from(cabinetTotals)
      .where(
        and(
          eq(cabinetTotals.setOfBookId, setOfBookId),
          between(cabinetTotals.day, days.first, days.last),
          eq(cabinetTotals.status, PAID),
        ),
      )
      .groupBy(cabinetTotals.devId)
      .all()
  const parts = rests.flatMap((rest) =>
    db
      .select({ key: orders.devId, ...counted })
      .from(orders)
      .where(inSpan(setOfBookId, rest, eq(orders.status, PAID)))
      .groupBy(orders.devId)
      .all(),
  )
  for (const { key, ...part } of [...(whole ?? []), ...parts]) add(table, key, part)
  return table
}

const line = (field: string) => sql<number>`sum(value ->> ${sql.raw(`'${field}'`)})`

function goodsOfOrders(setOfBookId: number, span: Span, after?: number): GoodsSum[] {
  return (
    useStorage()
      .db.select({
        barcode: sql<string>`value ->> 'barcode'`,
        name: sql<string>`max(value ->> 'name')`,
        quantity: line('num'),
        amount: line('amount'),
        cost: sql<number>`coalesce(${line('cost')}, 0)`,
        uncosted: sql<number>`sum(iif(value ->> 'cost' is null, value ->> 'amount', 0))`,
      })
      .from(orders)
      .innerJoin(sql`jsonb_each(${orders.products})`, sql`true`)
      // With a plus, SQLite goes through the few new orders, not through the span.
      .where(
        after === undefined
          ? inSpan(setOfBookId, span, eq(orders.status, PAID))
          : and(
              gt(orders.id, after),
              sql`+${orders.setOfBookId} = ${setOfBookId}`,
              sql`+${orders.createTime} between ${span.from} and ${span.to}`,
              eq(orders.status, PAID),
            ),
      )
      .groupBy(sql`value ->> 'barcode'`)
      .all()
  )
}

/** The goods of whole days: those that are counted, and those of the orders that have come since. */
function goodsOfDays(setOfBookId: number, { first, last }: { first: number; last: number }): GoodsSum[] {
  const { db } = useStorage()
  const total = (column: SQLiteColumn) => sum(column).mapWith(Number)
  const { upto } = db.select().from(goodsCounted).get()!
  return [
    ...db
      .select({
        barcode: goodsTotals.barcode,
        name: sql<string>`max(${goodsTotals.name})`,
        quantity: total(goodsTotals.quantity),
        amount: total(goodsTotals.amount),
        cost: total(goodsTotals.cost),
        uncosted: total(goodsTotals.uncosted),
      })
      .from(goodsTotals)
      .where(and(eq(goodsTotals.setOfBookId, setOfBookId), between(goodsTotals.day, first, last)))
      .groupBy(goodsTotals.barcode)
      .all(),
    ...goodsOfOrders(setOfBookId, { from: beginOfDay(first), to: beginOfDay(last + 1) - 1 }, upto),
  ]
}

/** What the paid orders of a span sold, by product, the largest amount first. */
export async function sumByGoods(setOfBookId: number, span: Span): Promise<GoodsSum[]> {
  const { days, rests } = splitSpan(setOfBookId, span)
  const table = new Map<string, GoodsSum>()
  for (const part of [
    ...(days ? goodsOfDays(setOfBookId, days) : []),
    ...rests.flatMap((rest) => goodsOfOrders(setOfBookId, rest)),
  ]) {
    const known = table.get(part.barcode)
    table.set(
      part.barcode,
      known
        ? {
            ...part,
            quantity: known.quantity + part.quantity,
            amount: known.amount + part.amount,
            cost: known.cost + part.cost,
            uncosted: known.uncosted + part.uncosted,
          }
        : part,
    )
  }
  return [...table.values()].sort((a, b) => b.amount - a.amount || a.barcode.localeCompare(b.barcode))
}

/** When goBox was last heard, and last asked. */
export async function readLastContacts(
  setOfBookId: number,
): Promise<{ webhook: number | null; download: number | null }> {
  return useStorage()
    .db.select({ webhook: setOfBooks.lastWebhookAt, download: setOfBooks.lastDownloadAt })
    .from(setOfBooks)
    .where(eq(setOfBooks.id, setOfBookId))
    .get()!
}
