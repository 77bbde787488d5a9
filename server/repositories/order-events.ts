import { sql, type SQL } from 'drizzle-orm'
import { orderEvents, orders } from '#drizzle/schema/orders'
import type { Tx } from '../storage/engine.ts'

export type OrderEventRecord = typeof orderEvents.$inferSelect

const nextSequence = (orderId: number | typeof orders.id) =>
  sql<number>`(select coalesce(max(${orderEvents.sequence}), 0) + 1 from ${orderEvents} where ${orderEvents.orderId} = ${orderId})`

/** Adds an entry to an order's history, in the transaction of the change that it records. */
export async function addEvent(
  tx: Tx,
  orderId: number,
  event: OrderEventRecord['event'],
  user: string,
  at: number,
  detail?: Record<string, unknown>,
): Promise<void> {
  await tx
    .insert(orderEvents)
    .values({ orderId, sequence: nextSequence(orderId), at, user, event, detail: detail ?? null })
}

/** As `addEvent`, for all orders that match: one statement however many they are. */
export async function addEvents(
  tx: Tx,
  which: SQL,
  event: OrderEventRecord['event'],
  user: string,
  at: number,
): Promise<void> {
  await tx.insert(orderEvents).select(
    tx
      .select({
        orderId: orders.id,
        sequence: nextSequence(orders.id).as('sequence'),
        at: sql<number>`${at}`.as('at'),
        user: sql<string>`${user}`.as('user'),
        event: sql<OrderEventRecord['event']>`${event}`.as('event'),
        detail: sql<null>`null`.as('detail'),
      })
      .from(orders)
      .where(which),
  )
}
