import { and, asc, count, desc, eq, sql } from 'drizzle-orm'
import { importBatches, importBatchItems, orders } from '#drizzle/schema'
import type { OrderFilter } from '#shared/orders'
import { prepared, useStorage } from '../db/client.ts'
import { Invalid, NotFound } from '../utils/errors.ts'
import { addAudit, type Actor } from './audit.ts'
import type { BatchOutcome } from './import-batch-items.ts'
import { dequeue, enqueue } from './order-imports.ts'
import { findOrderIds } from './order-queries.ts'
import { isImportable } from './orders.ts'

export interface BatchProgress {
  id: number
  createdAt: number
  createdUser: string
  total: number
  imported: number
  failed: number
  cancelled: number
  pending: number
}

type Selection = { ids: number[] } | { filter: OrderFilter }

/** Queueing is one transaction on the thread that takes goBox's messages; a larger batch would hold those up. */
const MAX_BATCH = 10_000

function selectOrders(setOfBookId: number, ids: number[]) {
  return (
    useStorage()
      .db.select({
        id: orders.id,
        transId: orders.transId,
        status: orders.status,
        importState: orders.importState,
        createUnansweredAt: orders.createUnansweredAt,
      })
      .from(orders)
      // The ids as one parameter: SQLite takes no more than 32,766. With a plus, it looks for them and does not go through all of the account set's orders.
      .where(
        and(
          sql`+${orders.setOfBookId} = ${setOfBookId}`,
          sql`${orders.id} in (select value from json_each(${JSON.stringify(ids)}))`,
        ),
      )
      .all()
  )
}

/** Without drizzle, as `enqueue`. */
const insertItem = prepared((_, sqlite) =>
  sqlite.prepare<[batchId: number, orderId: number, transId: string, outcome: BatchOutcome, reason: string | null]>(
    'INSERT INTO import_batch_items (batch_id, order_id, trans_id, outcome, reason) VALUES (?, ?, ?, ?, ?)',
  ),
)

/** Makes a batch and queues its orders. Throws NotFound if one of `ids` is not this account set's. */
export async function createBatch(
  setOfBookId: number,
  selection: Selection,
  by: Actor,
  sessionId: number,
  now: number,
): Promise<{ id: number; total: number }> {
  const { db, write } = useStorage()
  // Looked for before the transaction: some filters read long.
  const ids =
    'ids' in selection ? [...new Set(selection.ids)] : await findOrderIds(setOfBookId, selection.filter, MAX_BATCH + 1)
  if (ids.length > MAX_BATCH) throw new Invalid(`一次最多导入 ${MAX_BATCH} 个订单，请缩小范围`)
  return write(() => {
    const chosen = selectOrders(setOfBookId, ids)
    // An order that a filter found may be deleted since; one that was named must be there.
    if ('ids' in selection && chosen.length !== ids.length)
      throw new NotFound('所选订单里有不存在的，请刷新列表后重新选择')
    const { id } = db
      .insert(importBatches)
      .values({ setOfBookId, createdAt: now, createdUser: by.user, total: chosen.length })
      .returning({ id: importBatches.id })
      .get()
    for (const order of chosen) {
      const outcome: BatchOutcome =
        order.importState === 'imported' ? 'imported' : isImportable(order) ? 'pending' : 'failed'
      const reason = outcome === 'failed' ? '订单不是“支付成功”，不能导入' : null
      insertItem().run(id, order.id, order.transId, outcome, reason)
      if (outcome === 'pending') enqueue(order.id, by.user, sessionId, now)
    }
    addAudit(by, 'batch_started', { id, after: { total: chosen.length } })
    return { id, total: chosen.length }
  })
}

function progressOf(batch: typeof importBatches.$inferSelect): BatchProgress {
  const counts = Object.fromEntries(
    useStorage()
      .db.select({ outcome: importBatchItems.outcome, count: count() })
      .from(importBatchItems)
      .where(eq(importBatchItems.batchId, batch.id))
      .groupBy(importBatchItems.outcome)
      .all()
      .map((row) => [row.outcome, row.count]),
  )
  const { imported = 0, failed = 0, cancelled = 0, pending = 0 } = counts
  return { ...batch, imported, failed, cancelled, pending }
}

function ownBatch(setOfBookId: number, id: number) {
  return useStorage()
    .db.select()
    .from(importBatches)
    .where(and(eq(importBatches.setOfBookId, setOfBookId), eq(importBatches.id, id)))
    .get()
}

/** A batch's progress. */
export async function getBatchProgress(setOfBookId: number, id: number): Promise<BatchProgress | undefined> {
  const batch = ownBatch(setOfBookId, id)
  return batch && progressOf(batch)
}

/** A batch's progress and its failures, each with its reason. */
export async function getBatch(setOfBookId: number, id: number) {
  const batch = ownBatch(setOfBookId, id)
  if (!batch) return undefined
  const failures = useStorage()
    .db.select()
    .from(importBatchItems)
    .where(and(eq(importBatchItems.batchId, id), eq(importBatchItems.outcome, 'failed')))
    .orderBy(asc(importBatchItems.orderId))
    .all()
  return { ...progressOf(batch), failures }
}

/** A page of the account set's batches, newest first. */
export async function listBatches(setOfBookId: number, { start, limit }: { start: number; limit: number }) {
  const { db } = useStorage()
  const own = eq(importBatches.setOfBookId, setOfBookId)
  return {
    total: db.select({ total: count() }).from(importBatches).where(own).get()!.total,
    rows: db
      .select()
      .from(importBatches)
      .where(own)
      .orderBy(desc(importBatches.id))
      .limit(limit)
      .offset(start)
      .all()
      .map(progressOf),
  }
}

/** Takes what has not started out of the queue again; returns how many orders that were, `undefined` if there is no such batch. */
export async function cancelBatch(setOfBookId: number, id: number, by: Actor): Promise<number | undefined> {
  const { db, write } = useStorage()
  return write(() => {
    if (!ownBatch(setOfBookId, id)) return undefined
    const pending = db
      .select()
      .from(importBatchItems)
      .where(and(eq(importBatchItems.batchId, id), eq(importBatchItems.outcome, 'pending')))
      .all()
    const cancelled = pending.filter(({ orderId }) => dequeue(orderId, by.user)).length
    if (cancelled > 0) addAudit(by, 'batch_cancelled', { id, after: { count: cancelled } })
    return cancelled
  })
}

/** Queues the batch's failed orders again, all or those with this reason; returns how many, `undefined` if there is no such batch. */
export async function retryBatch(
  setOfBookId: number,
  id: number,
  reason: string | undefined,
  by: Actor,
  sessionId: number,
  now: number,
): Promise<number | undefined> {
  const { db, write } = useStorage()
  return write(() => {
    if (!ownBatch(setOfBookId, id)) return undefined
    const failed = and(
      eq(importBatchItems.batchId, id),
      eq(importBatchItems.outcome, 'failed'),
      reason === undefined ? undefined : eq(importBatchItems.reason, reason),
    )
    const items = db.select({ orderId: importBatchItems.orderId }).from(importBatchItems).where(failed).all()
    const queued = items
      .filter(({ orderId }) => enqueue(orderId, by.user, sessionId, now))
      .map(({ orderId }) => orderId)
    for (const orderId of queued) {
      db.update(importBatchItems)
        .set({ outcome: 'pending', reason: null })
        .where(and(eq(importBatchItems.batchId, id), eq(importBatchItems.orderId, orderId)))
        .run()
    }
    if (queued.length > 0) addAudit(by, 'batch_retried', { id, after: { count: queued.length } })
    return queued.length
  })
}
