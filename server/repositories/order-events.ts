import type { orderEvents } from '#drizzle/schema'
import { prepared } from '../db/client.ts'

export type OrderEventRecord = typeof orderEvents.$inferSelect

/** Without drizzle, which takes many times as long to build the statement as SQLite to run it: a batch adds thousands in one transaction. */
const insertEvent = prepared((_, sqlite) =>
  sqlite.prepare<[orderId: number, orderId: number, at: number, user: string, event: string, detail: string | null]>(`
  INSERT INTO order_events (order_id, sequence, at, user, event, detail)
  VALUES (?, (SELECT coalesce(max(sequence), 0) + 1 FROM order_events WHERE order_id = ?), ?, ?, ?, ?)`),
)

/** Adds an entry to an order's history, inside the transaction that makes the change it tells of. */
export function addEvent(
  orderId: number,
  event: OrderEventRecord['event'],
  user: string,
  at: number,
  detail?: Record<string, unknown>,
) {
  insertEvent().run(orderId, orderId, at, user, event, detail ? JSON.stringify(detail) : null)
}
