import { and, count, eq, sql } from 'drizzle-orm'
import { importBatches, importBatchItems } from '#drizzle/schema/imports'
import { orders } from '#drizzle/schema/orders'
import type { OrderAction } from '#shared/job-rules'
import { isImportable } from '#shared/order-rules'
import { useStorage, type Reader, type Tx } from '../storage/engine.ts'
import { nextTurn } from '../turns.ts'
import { addAudit, type Actor } from './audit.ts'
import { closedDate, closedReason, holdDays } from './closed-days.ts'
import {
  cancelItems,
  reasonColumns,
  waiting,
  waitingOrders,
  wantedElsewhere,
  type BatchOutcome,
} from './import-batch-items.ts'
import { ownBatch, type BatchRecord } from './import-batches.ts'
import { dequeue, enqueue, findQueued, mayStop } from './import-queue.ts'
import { standingOf, type OrderRecord } from './orders.ts'
import { UNPAID } from './withdraw-import.ts'

/** Orders in one transaction: on SQLite it holds the thread that takes goBox's messages, for some milliseconds. */
export const SLICE = 100

/** Orders that are read at once. */
const READ = 500

export type Item = typeof importBatchItems.$inferSelect

/** Orders by their ids. The orders' own filter is left to those: they are fewer than orders of the account set. */
export function selectOrders(db: Reader, setOfBookId: number, ids: number[]) {
  const { dialect } = useStorage()
  return db
    .select({
      id: orders.id,
      transId: orders.transId,
      status: orders.status,
      totalAmount: orders.totalAmount,
      importState: orders.importState,
      importError: orders.importError,
      importLease: orders.importLease,
      createUnansweredAt: orders.createUnansweredAt,
      closedDate,
    })
    .from(orders)
    .where(and(sql`${dialect.unindexed(orders.setOfBookId)} = ${setOfBookId}`, dialect.isAmong(orders.id, ids)))
}

export type ChosenOrder = Awaited<ReturnType<typeof selectOrders>>[number]

/** As `selectOrders`, slice by slice, for many. */
export async function readOrders(setOfBookId: number, ids: number[]): Promise<ChosenOrder[]> {
  const chosen: ChosenOrder[] = []
  for (let start = 0; start < ids.length; start += READ, await nextTurn())
    chosen.push(...(await selectOrders(useStorage().db, setOfBookId, ids.slice(start, start + READ))))
  return chosen
}

/** Whole orders by their ids. */
export function readWholeOrders(setOfBookId: number, ids: number[]): PromiseLike<OrderRecord[]> {
  const { db, dialect } = useStorage()
  return db
    .select()
    .from(orders)
    .where(and(sql`${dialect.unindexed(orders.setOfBookId)} = ${setOfBookId}`, dialect.isAmong(orders.id, ids)))
}

/** Why the order is left out because its day is closed; a document that exists is finished all the same. */
const leftOut = ({ importState, closedDate }: ChosenOrder) =>
  closedDate !== null && importState !== 'created' ? closedReason(closedDate) : undefined

/** Whether a closed day keeps an action from an order. */
export const isLeftOut = (action: OrderAction, order: ChosenOrder) =>
  action === 'import' || action === 'retry' ? leftOut(order) !== undefined : order.closedDate !== null

export const mayStart = (order: ChosenOrder) => isImportable(standingOf(order)) && !leftOut(order)

function toItem({ id: batchId, kind, isCancelling }: BatchRecord, order: ChosenOrder) {
  let outcome: BatchOutcome = isCancelling ? 'cancelled' : 'pending'
  if (kind === 'import' && order.importState === 'imported') outcome = 'imported'
  else if (kind === 'import' && !mayStart(order)) outcome = 'failed'
  const reason = outcome === 'failed' ? (leftOut(order) ?? UNPAID) : undefined
  return { batchId, orderId: order.id, transId: order.transId, outcome, ...reasonColumns(reason) }
}

/** Makes items of the next orders of a job and, for an import, queues them; `false` once all are. */
async function takeSlice(tx: Tx, batch: BatchRecord, now: number): Promise<boolean> {
  const { selection, total } = batch
  if (selection === null) return false
  const ids = selection.slice(0, SLICE)
  const rest = selection.slice(SLICE)
  // One that was deleted meanwhile is no part of the job.
  const chosen = await selectOrders(tx, batch.setOfBookId, ids)
  const items = chosen.map((order) => toItem(batch, order))
  if (items.length > 0) await tx.insert(importBatchItems).values(items)
  const pending = items.filter(({ outcome }) => outcome === 'pending').map(({ orderId }) => orderId)
  if (batch.kind === 'import') await enqueue(tx, pending, batch.createdUser, batch.sessionId, now)
  await tx
    .update(importBatches)
    .set({ selection: rest.length > 0 ? rest : null, total: total - (ids.length - chosen.length) })
    .where(eq(importBatches.id, batch.id))
  return rest.length > 0
}

/** Makes the orders of a job its items, slice by slice, from where it was left. */
export async function fillBatch(setOfBookId: number, id: number, now: number): Promise<void> {
  const { write, forUpdate } = useStorage()
  const takeNext = async (tx: Tx) => {
    await holdDays(tx, setOfBookId)
    const own = and(eq(importBatches.setOfBookId, setOfBookId), eq(importBatches.id, id))
    const [batch] = await forUpdate(tx.select().from(importBatches).where(own))
    return batch !== undefined && takeSlice(tx, batch, now)
  }
  while (await write(takeNext)) await nextTurn()
}

/** Takes those of the orders out of an import that have not begun; out of the queue only what nobody else waits for. */
async function cancelImports(tx: Tx, batchId: number, ids: number[], user: string): Promise<number[]> {
  const queued = await findQueued(tx, ids)
  const others = await wantedElsewhere(tx, batchId, queued)
  await dequeue(
    tx,
    queued.filter((id) => !others.has(id)),
    user,
  )
  return queued
}

/** How many orders of a job have not begun. */
async function countIdle(tx: Tx, { id, kind, selection }: BatchRecord, underWay: ReadonlySet<number>): Promise<number> {
  const isQueued = sql`exists (select 1 from ${orders} where ${and(sql`${orders.id} = ${importBatchItems.orderId}`, mayStop())})`
  const [row] = await tx
    .select({ count: count() })
    .from(importBatchItems)
    .where(and(eq(importBatchItems.batchId, id), waiting, kind === 'import' ? isQueued : undefined))
  return row!.count - underWay.size + (selection?.length ?? 0)
}

/** Notes that a job is to be cancelled; resolves with its row, and whether there is anything to take out of it. */
function beginCancelling(setOfBookId: number, id: number, by: Actor, underWay: ReadonlySet<number>) {
  return useStorage().write(async (tx) => {
    const batch = await ownBatch(tx, setOfBookId, id)
    const idle = batch ? await countIdle(tx, batch, underWay) : 0
    if (idle > 0) {
      await tx.update(importBatches).set({ isCancelling: true }).where(eq(importBatches.id, id))
      if (!batch!.isCancelling) await addAudit(tx, by, 'batch_cancelled', { id, after: { count: idle } })
    }
    return { batch, isIdle: idle > 0 }
  })
}

/**
 * Takes what has not begun out of a job, slice by slice; resolves with how many orders that were, `undefined` if there
 * is no such job. `underWay` holds orders that are being worked on here; what another node is at, it does only if it
 * finds the item still waiting.
 */
export async function cancelBatch(
  setOfBookId: number,
  id: number,
  by: Actor,
  underWay: ReadonlySet<number> = new Set(),
): Promise<number | undefined> {
  const { write } = useStorage()
  const { batch, isIdle } = await beginCancelling(setOfBookId, id, by, underWay)
  if (!batch) return undefined
  if (!isIdle && !batch.isCancelling) return 0
  let cancelled = batch.selection?.length ?? 0
  for (let last: number | undefined = 0; last !== undefined; await nextTurn()) {
    const after: number = last
    const slice = await write(async (tx) => {
      const ids = await waitingOrders(id, after, SLICE, tx)
      const idle = ids.filter((orderId) => !underWay.has(orderId))
      const taken = batch.kind === 'import' ? await cancelImports(tx, id, idle, by.user) : idle
      return { last: ids.at(-1), taken: taken.length > 0 ? await cancelItems(tx, id, taken) : 0 }
    })
    last = slice.last
    cancelled += slice.taken
  }
  await fillBatch(setOfBookId, id, 0)
  await write((tx) => tx.update(importBatches).set({ isCancelling: false }).where(eq(importBatches.id, id)))
  return cancelled
}

/**
 * Notes that orders were queued by the import that runs by itself: as items of one job a day. One that is there already
 * waits again.
 */
export async function addAutomaticItems(
  tx: Tx,
  {
    setOfBookId,
    day,
    user,
    orderIds,
    now,
  }: { setOfBookId: number; day: string; user: string; orderIds: number[]; now: number },
): Promise<void> {
  const own = and(eq(importBatches.setOfBookId, setOfBookId), eq(importBatches.automaticDay, day))
  await tx
    .insert(importBatches)
    .values({ setOfBookId, createdAt: now, createdUser: user, total: 0, automaticDay: day })
    .onConflictDoNothing()
  const [batch] = await tx.select({ id: importBatches.id }).from(importBatches).where(own)
  const batchId = batch!.id
  const chosen = await selectOrders(tx, setOfBookId, orderIds)
  const waits = { outcome: 'pending' as const, ...reasonColumns() }
  await tx
    .insert(importBatchItems)
    .values(chosen.map(({ id: orderId, transId }) => ({ batchId, orderId, transId, ...waits })))
    .onConflictDoUpdate({ target: [importBatchItems.batchId, importBatchItems.orderId], set: waits })
  const total = sql<number>`(select count(*) from ${importBatchItems} where ${importBatchItems.batchId} = ${batchId})`
  await tx.update(importBatches).set({ total }).where(eq(importBatches.id, batchId))
}
