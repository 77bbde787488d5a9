import { and, asc, eq, inArray, ne, sql } from 'drizzle-orm'
import { importBatches, importBatchItems } from '#drizzle/schema/imports'
import type { Reason } from '#shared/error-codes'
import type { JobKind } from '#shared/job-rules'
import { useStorage, type Reader, type Tx } from '../storage/engine.ts'

/** A reason's columns, or empty ones. */
export const reasonColumns = (reason?: Reason) => ({
  reason: reason?.message ?? null,
  reasonCode: reason?.code ?? null,
  reasonParams: reason?.params ?? null,
})

export type BatchOutcome = (typeof importBatchItems.$inferSelect)['outcome']

/* Outcomes are spelled out, as only then the indexes of those that wait, or have failed, are used. */
export const waiting = sql`${importBatchItems.outcome} = 'pending'`
const failed = sql`${importBatchItems.outcome} = 'failed'`

const ofKind = (kind: JobKind) =>
  sql`exists (select 1 from ${importBatches} where ${importBatches.id} = ${importBatchItems.batchId} and ${importBatches.kind} = ${kind})`

/** Writes what became of orders into every import that waits for them. */
export async function closeBatchItems(
  tx: Tx,
  orderIds: number[],
  outcome: 'imported' | 'failed' | 'cancelled',
  reason?: Reason,
): Promise<void> {
  const among = useStorage().dialect.isAmong(importBatchItems.orderId, orderIds)
  await tx
    .update(importBatchItems)
    .set({ outcome, ...reasonColumns(reason) })
    .where(and(among, waiting, ofKind('import')))
  if (outcome !== 'imported') return
  // An order that is imported at last has not failed any more, whoever had it imported.
  await tx
    .update(importBatchItems)
    .set({ outcome, ...reasonColumns() })
    .where(and(among, failed, ofKind('import')))
}

/** An order that is not to be imported any more has not failed in any import. */
export async function withdrawFailedItems(tx: Tx, orderId: number): Promise<void> {
  await tx
    .update(importBatchItems)
    .set({ outcome: 'cancelled', ...reasonColumns() })
    .where(and(eq(importBatchItems.orderId, orderId), failed, ofKind('import')))
}

/** What every job of this kind waited to do with an order has been done. */
export async function closeDoneItems(tx: Tx, kind: Exclude<JobKind, 'import'>, orderId: number): Promise<void> {
  await tx
    .update(importBatchItems)
    .set({ outcome: 'done' })
    .where(and(eq(importBatchItems.orderId, orderId), waiting, ofKind(kind)))
}

/** Writes what became of one item that waits. */
export async function closeItem(
  batchId: number,
  orderId: number,
  outcome: 'done' | 'failed',
  reason?: Reason,
): Promise<void> {
  await useStorage().write((tx) =>
    tx
      .update(importBatchItems)
      .set({ outcome, ...reasonColumns(reason) })
      .where(and(eq(importBatchItems.batchId, batchId), eq(importBatchItems.orderId, orderId), waiting)),
  )
}

/** Ids of the orders that a job waits for, ascending, the first `limit` behind `after`. */
export async function waitingOrders(
  batchId: number,
  after: number,
  limit: number,
  db: Reader = useStorage().db,
): Promise<number[]> {
  const rows = await db
    .select({ orderId: importBatchItems.orderId })
    .from(importBatchItems)
    .where(and(eq(importBatchItems.batchId, batchId), sql`${importBatchItems.orderId} > ${after}`, waiting))
    .orderBy(asc(importBatchItems.orderId))
    .limit(limit)
  return rows.map(({ orderId }) => orderId)
}

/** An item was taken out of its job, by whichever node was asked to, before its turn to be done was over. */
export class ItemTakenOut extends Error {}

/** Holds a job's item until the transaction ends, so that nobody takes it out meanwhile. Throws ItemTakenOut. */
export async function holdItem(tx: Tx, batchId: number, orderId: number): Promise<void> {
  const own = and(eq(importBatchItems.batchId, batchId), eq(importBatchItems.orderId, orderId), waiting)
  const query = tx.select({ orderId: importBatchItems.orderId }).from(importBatchItems).where(own)
  const [row] = await useStorage().forUpdate(query)
  if (!row) throw new ItemTakenOut()
}

/** Whether a job still waits for an order. */
export async function isWaiting(batchId: number, orderId: number): Promise<boolean> {
  const [row] = await useStorage()
    .db.select({ orderId: importBatchItems.orderId })
    .from(importBatchItems)
    .where(and(eq(importBatchItems.batchId, batchId), eq(importBatchItems.orderId, orderId), waiting))
  return row !== undefined
}

/** Those of the orders for which an import other than this one waits, too. */
export async function wantedElsewhere(tx: Tx, batchId: number, orderIds: number[]): Promise<Set<number>> {
  const rows = await tx
    .select({ orderId: importBatchItems.orderId })
    .from(importBatchItems)
    .where(
      and(
        useStorage().dialect.isAmong(importBatchItems.orderId, orderIds),
        waiting,
        ne(importBatchItems.batchId, batchId),
        ofKind('import'),
      ),
    )
  return new Set(rows.map(({ orderId }) => orderId))
}

/** Takes those of the orders out of one job that still wait; resolves with how many. */
export async function cancelItems(tx: Tx, batchId: number, orderIds: number[]): Promise<number> {
  const rows = await tx
    .update(importBatchItems)
    .set({ outcome: 'cancelled', ...reasonColumns() })
    .where(and(eq(importBatchItems.batchId, batchId), inArray(importBatchItems.orderId, orderIds), waiting))
    .returning({ orderId: importBatchItems.orderId })
  return rows.length
}
