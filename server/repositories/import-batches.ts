import { and, asc, count, desc, eq, isNotNull, isNull, lt, not, or, sql } from 'drizzle-orm'
import { importBatches, importBatchItems } from '#drizzle/schema/imports'
import { orders } from '#drizzle/schema/orders'
import { setOfBooks } from '#drizzle/schema/account-sets'
import type { JobKind } from '#shared/job-rules'
import { useStorage, type Reader, type Tx } from '../storage/engine.ts'
import { nextTurn } from '../turns.ts'
import { TooMany } from '../errors.ts'
import { addAudit, type Actor } from './audit.ts'
import { waiting } from './import-batch-items.ts'
import { findWait, type ImportWait } from './import-waits.ts'

export type BatchRecord = typeof importBatches.$inferSelect

export interface BatchProgress extends BatchRecord {
  imported: number
  done: number
  failed: number
  cancelled: number
  pending: number
  /** Why it does not go on at the moment. */
  wait?: ImportWait
}

/** Jobs of one account set that have not ended. */
const MAX_OPEN = 50
/** Jobs of one account set in all: the oldest that have ended make room for new ones. */
const MAX_KEPT = 1000
/** How long a job can be looked at, in milliseconds. */
const KEPT = 90 * 24 * 3_600_000

const waitsForItems = sql`exists (select 1 from ${importBatchItems} where ${and(
  sql`${importBatchItems.batchId} = ${importBatches.id}`,
  waiting,
)})`
const isOpen = or(isNotNull(importBatches.selection), waitsForItems)!
const ofSet = (setOfBookId: number) => eq(importBatches.setOfBookId, setOfBookId)

/**
 * Throws TooMany where the account set has as many open jobs as it may; makes room where it has too many that ended.
 */
async function makeRoom(tx: Tx, setOfBookId: number) {
  // So that two who ask at once are counted one after the other.
  await useStorage().forUpdate(tx.select({ id: setOfBooks.id }).from(setOfBooks).where(eq(setOfBooks.id, setOfBookId)))
  const [open] = await tx
    .select({ count: count() })
    .from(importBatches)
    .where(and(ofSet(setOfBookId), isNull(importBatches.automaticDay), isOpen))
  if (open!.count >= MAX_OPEN)
    throw new TooMany(`还有 ${MAX_OPEN} 个任务没有完成，请等它们完成或取消一些再试`, 60, {
      code: 'too_many_jobs',
      params: { limit: MAX_OPEN },
    })
  const [all] = await tx.select({ count: count() }).from(importBatches).where(ofSet(setOfBookId))
  if (all!.count < MAX_KEPT) return
  const [oldest] = await tx
    .select({ id: importBatches.id })
    .from(importBatches)
    .where(and(ofSet(setOfBookId), not(isOpen)))
    .orderBy(asc(importBatches.id))
    .limit(1)
  if (oldest) await tx.delete(importBatches).where(eq(importBatches.id, oldest.id))
}

/** Makes a job of which no order is an item yet. Throws TooMany. */
export async function insertBatch(
  job: { setOfBookId: number; kind: JobKind; sessionId: number; orderIds: number[] },
  by: Actor,
  now: number,
): Promise<number> {
  const { setOfBookId, kind, sessionId, orderIds } = job
  const total = orderIds.length
  return useStorage().write(async (tx) => {
    await makeRoom(tx, setOfBookId)
    const [batch] = await tx
      .insert(importBatches)
      .values({
        setOfBookId,
        kind,
        createdAt: now,
        createdUser: by.user,
        address: by.address,
        sessionId,
        total,
        selection: total > 0 ? orderIds : null,
      })
      .returning({ id: importBatches.id })
    await addAudit(tx, by, 'batch_started', { id: batch!.id, after: { ...(kind === 'import' ? {} : { kind }), total } })
    return batch!.id
  })
}

/** The row of a job of this account set. */
export async function ownBatch(db: Reader, setOfBookId: number, id: number): Promise<BatchRecord | undefined> {
  const [batch] = await db
    .select()
    .from(importBatches)
    .where(and(ofSet(setOfBookId), eq(importBatches.id, id)))
  return batch
}

async function progressOf(db: Reader, batch: BatchRecord): Promise<BatchProgress> {
  const rows = await db
    .select({ outcome: importBatchItems.outcome, count: count() })
    .from(importBatchItems)
    .where(eq(importBatchItems.batchId, batch.id))
    .groupBy(importBatchItems.outcome)
  const counts = Object.fromEntries(rows.map((row) => [row.outcome, row.count]))
  const { imported = 0, done = 0, failed = 0, cancelled = 0, pending = 0 } = counts
  const open = pending + (batch.selection?.length ?? 0)
  const wait = open > 0 && batch.kind === 'import' ? await findWait(db, batch, Date.now()) : undefined
  return { ...batch, imported, done, failed, cancelled, pending: open, wait }
}

/** How far a job has come; of one kind alone, if named. */
export async function getBatchProgress(
  setOfBookId: number,
  id: number,
  kind?: JobKind,
): Promise<BatchProgress | undefined> {
  const { db } = useStorage()
  const batch = await ownBatch(db, setOfBookId, id)
  return batch && (kind === undefined || batch.kind === kind) ? progressOf(db, batch) : undefined
}

/** The items of a job that have failed. */
export function failuresOf(db: Reader, batchId: number) {
  return db
    .select()
    .from(importBatchItems)
    .where(and(eq(importBatchItems.batchId, batchId), eq(importBatchItems.outcome, 'failed')))
    .orderBy(asc(importBatchItems.orderId))
}

/** What the products are called whose barcodes these failures name: one order tells it of each. */
async function productNames(db: Reader, failures: Awaited<ReturnType<typeof failuresOf>>) {
  const ids = new Map(failures.map(({ orderId, reasonParams }) => [reasonParams?.barcode, orderId]))
  ids.delete(undefined)
  if (ids.size === 0) return new Map<string, string>()
  const named = await db
    .select({ products: orders.products })
    .from(orders)
    .where(useStorage().dialect.isAmong(orders.id, [...ids.values()]))
  return new Map(named.flatMap(({ products }) => products.map(({ barcode, name }) => [barcode, name])))
}

/** A job's progress and its failures, each with its reason and its product's name; of one kind alone, if named. */
export async function getBatch(setOfBookId: number, id: number, kind?: JobKind) {
  return useStorage().snapshot(async (db) => {
    const batch = await ownBatch(db, setOfBookId, id)
    if (!batch || (kind !== undefined && batch.kind !== kind)) return undefined
    const failures = await failuresOf(db, id)
    const names = await productNames(db, failures)
    const named = failures.map((item) => ({ ...item, product: names.get(String(item.reasonParams?.barcode)) ?? null }))
    return { ...(await progressOf(db, batch)), failures: named }
  })
}

/** A page of the account set's jobs, newest first. */
export async function listBatches(
  setOfBookId: number,
  { start, limit, kind, open }: { start: number; limit: number; kind?: JobKind; open?: boolean },
) {
  const { db } = useStorage()
  const wanted = and(
    ofSet(setOfBookId),
    kind && eq(importBatches.kind, kind),
    open === undefined ? undefined : open ? isOpen : not(isOpen),
  )
  const [counted] = await db.select({ total: count() }).from(importBatches).where(wanted)
  const page = await db
    .select()
    .from(importBatches)
    .where(wanted)
    .orderBy(desc(importBatches.id))
    .limit(limit)
    .offset(start)
  return { total: counted!.total, rows: await Promise.all(page.map((batch) => progressOf(db, batch))) }
}

/** The jobs that this process has to go on with: all that are open, but for imports that the queue works off. */
export async function listUnfinished(): Promise<BatchRecord[]> {
  const byUs = or(
    isNotNull(importBatches.selection),
    eq(importBatches.isCancelling, true),
    and(sql`${importBatches.kind} <> 'import'`, waitsForItems),
  )
  return useStorage().db.select().from(importBatches).where(byUs).orderBy(asc(importBatches.id))
}

/** Forgets jobs that have ended and had their time, one a statement. Returns how many. */
export async function sweepBatches(now: number): Promise<number> {
  const { db, write } = useStorage()
  const old = await db
    .select({ id: importBatches.id })
    .from(importBatches)
    .where(and(lt(importBatches.createdAt, now - KEPT), not(isOpen)))
  for (const { id } of old) {
    await write((tx) => tx.delete(importBatches).where(eq(importBatches.id, id)))
    await nextTurn()
  }
  return old.length
}
