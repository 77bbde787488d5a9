import { eq, sql } from 'drizzle-orm'
import { orderEvents } from '#drizzle/schema'
import { useStorage } from '../db/client.ts'

export type OrderEventRecord = typeof orderEvents.$inferSelect

/** Adds an entry to an order's history, inside the transaction that makes the change it tells of. */
export function addEvent(orderId: number, event: OrderEventRecord['event'], user: string, at: number, detail?: Record<string, unknown>) {
  const { db } = useStorage()
  const next = sql<number>`(select coalesce(max(${orderEvents.sequence}), 0) + 1 from ${orderEvents} where ${eq(orderEvents.orderId, orderId)})`
  db.insert(orderEvents).values({ orderId, sequence: next, at, user, event, detail: detail ?? null }).run()
}
