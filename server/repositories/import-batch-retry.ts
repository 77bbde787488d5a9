import { and, eq } from 'drizzle-orm'
import { importBatchItems } from '#drizzle/schema/imports'
import { reasonKey, type ErrorParams } from '#shared/error-codes'
import { useStorage, type Tx } from '../storage/engine.ts'
import { nextTurn } from '../turns.ts'
import { addAudit, type Actor } from './audit.ts'
import { holdDays } from './closed-days.ts'
import { reasonColumns } from './import-batch-items.ts'
import { failuresOf, ownBatch, type BatchRecord } from './import-batches.ts'
import { enqueue } from './import-queue.ts'
import { type Item, selectOrders, mayStart, SLICE } from './import-batch-work.ts'

/** A reason by its code and params, or, where it was noted before there were codes, by its message. */
export type FailedFor = { code: string; params?: ErrorParams } | { message: string }

function isFor({ reason, reasonCode: code, reasonParams: params }: Item, wanted: FailedFor): boolean {
  return 'code' in wanted
    ? code !== null && reasonKey({ code, params, message: '' }) === reasonKey({ message: '', ...wanted })
    : reason === wanted.message
}

/** Queues failed orders of a batch again; resolves with how many. */
async function retrySlice(tx: Tx, batch: BatchRecord, ids: number[], user: string, sessionId: number, now: number) {
  await holdDays(tx, batch.setOfBookId)
  const failed = await selectOrders(tx, batch.setOfBookId, ids)
  const importable = failed.filter(mayStart).map((order) => order.id)
  const queued = await enqueue(tx, importable, user, sessionId, now)
  await tx
    .update(importBatchItems)
    .set({ outcome: 'pending', ...reasonColumns() })
    .where(and(eq(importBatchItems.batchId, batch.id), useStorage().dialect.isAmong(importBatchItems.orderId, queued)))
  return queued.length
}

/**
 * Queues an import's failed orders again, all or those with this reason, slice by slice; returns how many, `undefined`
 * if there is no such import.
 */
export async function retryBatch(
  setOfBookId: number,
  id: number,
  reason: FailedFor | undefined,
  by: Actor,
  sessionId: number,
  now: number,
): Promise<number | undefined> {
  const { db, write } = useStorage()
  const batch = await ownBatch(db, setOfBookId, id)
  if (batch?.kind !== 'import') return undefined
  const items = (await failuresOf(db, id)).filter((item) => reason === undefined || isFor(item, reason))
  let queued = 0
  for (let start = 0; start < items.length; start += SLICE, await nextTurn()) {
    const ids = items.slice(start, start + SLICE).map(({ orderId }) => orderId)
    const isFirst = queued === 0
    queued += await write(async (tx) => {
      const count = await retrySlice(tx, batch, ids, by.user, sessionId, now)
      if (isFirst && count > 0) await addAudit(tx, by, 'batch_retried', { id, after: { count: items.length } })
      return count
    })
  }
  return queued
}
