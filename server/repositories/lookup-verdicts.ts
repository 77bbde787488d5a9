import { and, eq, gt, isNotNull, isNull, lt, or } from 'drizzle-orm'
import { setOfBooks } from '#drizzle/schema/account-sets'
import type { ErrorCode, Reason } from '#shared/error-codes'
import { useStorage } from '../storage/engine.ts'

/** Why imports rest while C8's look-up of documents is broken. */
export const LOOKUP_BROKEN: Reason = {
  message: 'C8 查找零售单时没有按订单号筛选，为避免重复入账，导入已暂停；请在 C8 修复后重新登录，复查通过会自动继续',
  code: 'c8_lookup_broken',
}

type PausedColumns = Pick<
  typeof setOfBooks.$inferSelect,
  'lookupBrokenAt' | 'importPausedReason' | 'importPausedCode' | 'importPausedParams'
>

/** Why the account set's import queue rests, `null` while it does not; an older reason has no code. */
export function pausedReason({
  lookupBrokenAt,
  importPausedReason: message,
  importPausedCode: code,
  importPausedParams: params,
}: PausedColumns): (Omit<Reason, 'code'> & { code: ErrorCode | null }) | null {
  if (lookupBrokenAt !== null) return LOOKUP_BROKEN
  return message === null ? null : { message, code, params: params ?? undefined }
}

/** Whether C8's look-up of documents was last found broken for this account set. */
export async function isLookupBroken(setOfBookId: number): Promise<boolean> {
  const broken = and(eq(setOfBooks.id, setOfBookId), isNotNull(setOfBooks.lookupBrokenAt))
  return (await useStorage().db.select({ id: setOfBooks.id }).from(setOfBooks).where(broken)).length > 0
}

/** Notes whether C8's look-up of documents works for this account set. */
export async function saveLookupVerdict(setOfBookId: number, isBroken: boolean, now: number): Promise<void> {
  const verdict = { lookupBrokenAt: isBroken ? now : null, lookupCheckedAt: now }
  await useStorage().write((tx) => tx.update(setOfBooks).set(verdict).where(eq(setOfBooks.id, setOfBookId)))
}

/** The account sets whose look-up was last found out about before `since`, never, or on a clock since set back. */
export async function listUncheckedLookups(since: number, now: number): Promise<number[]> {
  const { lookupCheckedAt } = setOfBooks
  const rows = await useStorage()
    .db.select({ id: setOfBooks.id })
    .from(setOfBooks)
    .where(or(isNull(lookupCheckedAt), lt(lookupCheckedAt, since), gt(lookupCheckedAt, now)))
  return rows.map((row) => row.id)
}
