import { and, asc, eq, gt, isNotNull, isNull, lt, sql, type SQL } from 'drizzle-orm'
import { importBatchItems } from '#drizzle/schema/imports'
import { orderEvents, orders } from '#drizzle/schema/orders'
import { setOfBooks } from '#drizzle/schema/account-sets'
import type { ErrorCode, Reason } from '#shared/error-codes'
import type { Reader } from '../storage/engine.ts'
import { waiting } from './import-batch-items.ts'
import { LOOKUP_BROKEN, pausedReason } from './lookup-verdicts.ts'

/** Milliseconds in which an attempt is over where C8 is well. */
const USUAL = 1500

/** Why an import does not go on at the moment; an older reason has no code. */
export interface ImportWait {
  /** `null`: C8 has not answered yet. */
  reason: (Omit<Reason, 'code'> & { code: ErrorCode | null }) | null
  /** When an order is tried again by itself; `null` where something else has to happen first. */
  retryAt: number | null
}

const FOR_OTHERS: (ErrorCode | null | undefined)[] = ['imports_await_log_in', LOOKUP_BROKEN.code]

/** When the queue tries an order again by itself after a failed attempt; `null`: it does not. */
export function retryTime({
  importDueAt,
  importError,
  importErrorCode,
}: Pick<typeof orders.$inferSelect, 'importDueAt' | 'importError' | 'importErrorCode'>): number | null {
  return importError === null || FOR_OTHERS.includes(importErrorCode) ? null : importDueAt
}

/** What the order that is tried again first has failed with. */
async function findPostponed(db: Reader, ofBatch: SQL, now: number): Promise<ImportWait | undefined> {
  const [order] = await db
    .select()
    .from(orders)
    .where(and(ofBatch, isNotNull(orders.importDueAt), gt(orders.importDueAt, now), isNotNull(orders.importError)))
    .orderBy(asc(orders.importDueAt), asc(orders.id))
    .limit(1)
  if (!order) return undefined
  const { importError: message, importErrorCode: code, importErrorParams: params } = order
  return { reason: { message: message!, code, params: params ?? undefined }, retryAt: retryTime(order) }
}

/** Whether C8 takes longer than usual with an order. */
async function isSlow(db: Reader, ofBatch: SQL, now: number): Promise<boolean> {
  const last = sql<number>`(select max(${orderEvents.at}) from ${orderEvents} where ${orderEvents.orderId} = ${orders.id})`
  const [order] = await db
    .select({ id: orders.id })
    .from(orders)
    .where(and(ofBatch, isNotNull(orders.importLease), lt(last, now - USUAL)))
    .limit(1)
  return order !== undefined
}

/** Why an import that has not ended does not go on, `undefined` while it does. */
export async function findWait(
  db: Reader,
  { setOfBookId, id }: { setOfBookId: number; id: number },
  now: number,
): Promise<ImportWait | undefined> {
  const item = and(eq(importBatchItems.batchId, id), sql`${importBatchItems.orderId} = ${orders.id}`, waiting)
  const ofBatch = sql`${orders.setOfBookId} = ${setOfBookId} and exists (select 1 from ${importBatchItems} where ${item})`
  const [set] = await db.select().from(setOfBooks).where(eq(setOfBooks.id, setOfBookId))
  const paused = set && pausedReason(set)
  if (paused) return { reason: paused, retryAt: null }
  const postponed = await findPostponed(db, and(ofBatch, isNull(orders.importLease))!, now)
  if (postponed) return postponed
  return (await isSlow(db, ofBatch, now)) ? { reason: null, retryAt: null } : undefined
}
