import { and, eq } from 'drizzle-orm'
import { importBatchItems } from '#drizzle/schema'
import { useStorage } from '../db/client.ts'

export type BatchOutcome = (typeof importBatchItems.$inferSelect)['outcome']

/** Writes what became of an order into every batch that waits for it. Runs inside the caller's transaction. */
export function closeBatchItems(orderId: number, outcome: Exclude<BatchOutcome, 'pending'>, reason: string | null) {
  useStorage()
    .db.update(importBatchItems)
    .set({ outcome, reason })
    .where(and(eq(importBatchItems.orderId, orderId), eq(importBatchItems.outcome, 'pending')))
    .run()
}
