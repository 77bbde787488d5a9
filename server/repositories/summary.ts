import { and, between, count, eq, gt, sql, sum, type Column, type SQL } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import { setOfBooks } from '#drizzle/schema/account-sets'
import { beginOfDay, cabinetTotals, dayTotals, goodsTotals } from '#drizzle/totals'
import { PAID, type OrderStatus } from '#shared/order-status'
import { useStorage, type Reader } from '../storage/engine.ts'
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

const total = (column: Column) => sum(column).mapWith(Number)

const inSpan = (setOfBookId: number, { from, to }: Span, condition?: SQL) =>
  and(eq(orders.setOfBookId, setOfBookId), between(orders.createTime, from, to), condition)

const counted = { orders: count(), amount: total(orders.totalAmount) }

/** The orders of a span by their status. */
export async function sumByStatus(setOfBookId: number, span: Span): Promise<Map<OrderStatus, Sum>> {
  const { db } = useStorage()
  const { days, rests } = await splitSpan(db, setOfBookId, span)
  const table = new Map<OrderStatus, Sum>()
  if (days) {
    const whole = await db
      .select({ key: dayTotals.status, orders: total(dayTotals.orders), amount: total(dayTotals.amount) })
      .from(dayTotals)
      .where(and(eq(dayTotals.setOfBookId, setOfBookId), between(dayTotals.day, days.first, days.last)))
      .groupBy(dayTotals.status)
      .having(gt(sum(dayTotals.orders), 0))
    for (const { key, ...part } of whole) add(table, key, part)
  }
  for (const rest of rests) {
    const parts = await db
      .select({ key: orders.status, ...counted })
      .from(orders)
      .where(inSpan(setOfBookId, rest))
      .groupBy(orders.status)
    for (const { key, ...part } of parts) add(table, key, part)
  }
  return table
}

/** The paid orders of a span by their cabinet. */
export async function sumByCabinet(setOfBookId: number, span: Span): Promise<Map<number, Sum>> {
  const { db } = useStorage()
  const { days, rests } = await splitSpan(db, setOfBookId, span)
  const table = new Map<number, Sum>()
  if (days) {
    const whole = await db
      .select({ key: cabinetTotals.devId, orders: total(cabinetTotals.orders), amount: total(cabinetTotals.amount) })
      .from(cabinetTotals)
      .where(
        and(
          eq(cabinetTotals.setOfBookId, setOfBookId),
          between(cabinetTotals.day, days.first, days.last),
          eq(cabinetTotals.status, PAID),
        ),
      )
      .groupBy(cabinetTotals.devId)
      .having(gt(sum(cabinetTotals.orders), 0))
    for (const { key, ...part } of whole) add(table, key, part)
  }
  for (const rest of rests) {
    const parts = await db
      .select({ key: orders.devId, ...counted })
      .from(orders)
      .where(inSpan(setOfBookId, rest, eq(orders.status, PAID)))
      .groupBy(orders.devId)
    for (const { key, ...part } of parts) add(table, key, part)
  }
  return table
}

/** The goods of the paid orders of a span; with `after`, of those alone that came later than that order. */
async function goodsOfOrders(db: Reader, setOfBookId: number, span: Span, after?: number): Promise<GoodsSum[]> {
  const { dialect } = useStorage()
  const line = dialect.orderLines(orders.products)
  const unindexed = dialect.unindexed
  return (
    db
      .select({
        barcode: line.barcode,
        name: sql<string>`max(${line.name})`,
        quantity: sql`sum(${line.num})`.mapWith(Number),
        amount: sql`sum(${line.amount})`.mapWith(Number),
        cost: sql`coalesce(sum(${line.cost}), 0)`.mapWith(Number),
        uncosted: sql`sum(case when ${line.cost} is null then ${line.amount} else 0 end)`.mapWith(Number),
      })
      .from(orders)
      .innerJoin(line.from, sql`true`)
      // The few new orders are gone through, not the span.
      .where(
        after === undefined
          ? inSpan(setOfBookId, span, eq(orders.status, PAID))
          : and(
              gt(orders.id, after),
              sql`${unindexed(orders.setOfBookId)} = ${setOfBookId}`,
              sql`${unindexed(orders.createTime)} between ${span.from} and ${span.to}`,
              eq(orders.status, PAID),
            ),
      )
      .groupBy(line.barcode)
  )
}

/** The goods of whole days: those that are counted, and those of the orders that have come since. */
async function goodsOfDays(
  db: Reader,
  setOfBookId: number,
  { first, last }: { first: number; last: number },
): Promise<GoodsSum[]> {
  const upto = await useStorage().totals.countedUpTo(db)
  const counted = await db
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
    .having(gt(sum(goodsTotals.lines), 0))
  if (upto === null) return counted
  const span = { from: beginOfDay(first), to: beginOfDay(last + 1) - 1 }
  return [...counted, ...(await goodsOfOrders(db, setOfBookId, span, upto))]
}

/** What the paid orders of a span sold, by product, the largest amount first. */
export async function sumByGoods(setOfBookId: number, span: Span): Promise<GoodsSum[]> {
  const parts = await useStorage().snapshot(async (db) => {
    const { days, rests } = await splitSpan(db, setOfBookId, span)
    const found = days ? await goodsOfDays(db, setOfBookId, days) : []
    for (const rest of rests) found.push(...(await goodsOfOrders(db, setOfBookId, rest)))
    return found
  })
  const table = new Map<string, GoodsSum>()
  for (const part of parts) {
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
  const [contacts] = await useStorage()
    .db.select({ webhook: setOfBooks.lastWebhookAt, download: setOfBooks.lastDownloadAt })
    .from(setOfBooks)
    .where(eq(setOfBooks.id, setOfBookId))
  return contacts!
}
