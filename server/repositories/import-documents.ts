import { and, asc, count, eq, isNotNull, sql } from 'drizzle-orm'
import { importBatchItems } from '#drizzle/schema/imports'
import { orders } from '#drizzle/schema/orders'
import { useStorage } from '../storage/engine.ts'
import { ownBatch } from './import-batches.ts'

/** A page of the documents that a batch has in C8, and their sum in fen; `undefined` where there is no such import. */
export function listBatchDocuments(
  setOfBookId: number,
  batchId: number,
  { start, limit }: { start: number; limit: number },
) {
  return useStorage().snapshot(async (db) => {
    const batch = await ownBatch(db, setOfBookId, batchId)
    if (batch?.kind !== 'import') return undefined
    // An order that was reset since has no document any more.
    const made = and(
      eq(importBatchItems.batchId, batchId),
      eq(importBatchItems.outcome, 'imported'),
      isNotNull(orders.retailId),
    )
    const own = eq(orders.id, importBatchItems.orderId)
    const [sums] = await db
      .select({ total: count(), amount: sql`coalesce(sum(${orders.totalAmount}), 0)`.mapWith(Number) })
      .from(importBatchItems)
      .innerJoin(orders, own)
      .where(made)
    const { id, transId, retailId, retailCode, totalAmount, importedAt, importedUser } = orders
    const rows = await db
      .select({ id, transId, retailId, retailCode, totalAmount, importedAt, importedUser })
      .from(importBatchItems)
      .innerJoin(orders, own)
      .where(made)
      .orderBy(asc(importBatchItems.orderId))
      .limit(limit)
      .offset(start)
    return { ...sums!, rows }
  })
}
