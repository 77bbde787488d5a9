import { and, asc, eq, getTableColumns, gt, max } from 'drizzle-orm'
import { orderEvents, orders } from '#drizzle/schema/orders'
import { useStorage } from '../storage/engine.ts'
import { nextTurn } from '../turns.ts'
import { inSpan, type Span, behind } from './order-filter.ts'
import type { OrderRecord } from './orders.ts'

/** Orders per read, so that goBox's messages never wait for more than a few milliseconds. */
const SLICE = 500

const { products, ...columns } = getTableColumns(orders)

/** An order without its lines. */
export type DayOrder = Omit<OrderRecord, 'products'>

/** The orders of a span, oldest first, in slices. */
export async function* readDayOrders(setOfBookId: number, span: Span): AsyncGenerator<DayOrder[]> {
  const spans: Span[] = [span]
  for (let next = spans.shift(); next; next = spans.shift()) {
    await nextTurn()
    const slice = await useStorage()
      .db.select(columns)
      .from(orders)
      .where(and(eq(orders.setOfBookId, setOfBookId), inSpan(next)))
      .orderBy(asc(orders.createTime), asc(orders.id))
      .limit(SLICE)
    if (slice.length > 0) yield slice
    if (slice.length === SLICE) spans.unshift(...behind(next, slice.at(-1)!))
  }
}

/** When goBox last changed each of the orders after `since`, by their ids. */
export async function readChangesSince(orderIds: number[], since: number): Promise<Map<number, number>> {
  const { db, dialect } = useStorage()
  const rows = await db
    .select({ id: orderEvents.orderId, at: max(orderEvents.at) })
    .from(orderEvents)
    .where(
      and(dialect.isAmong(orderEvents.orderId, orderIds), eq(orderEvents.event, 'changed'), gt(orderEvents.at, since)),
    )
    .groupBy(orderEvents.orderId)
  return new Map(rows.map(({ id, at }) => [id, at!]))
}

/** An order as it is now, without its lines. */
export async function readDayOrder(id: number): Promise<DayOrder | undefined> {
  const [order] = await useStorage().db.select(columns).from(orders).where(eq(orders.id, id))
  return order
}
