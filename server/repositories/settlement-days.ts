import { and, asc, between, desc, eq, isNotNull } from 'drizzle-orm'
import { settlementDays } from '#drizzle/schema/settlements'
import type { Reason } from '#shared/error-codes'
import type { CabinetSums } from '#shared/settlements'
import { useStorage, type Reader, type Tx } from '../storage/engine.ts'
import { Conflict } from '../errors.ts'
import { dayClosed, holdDays } from './closed-days.ts'
import { resolveOthers } from './settlement-differences.ts'
import type { Day, Figures } from './settlement-figures.ts'

export type DayRecord = typeof settlementDays.$inferSelect

/** A check that somebody has asked for and that has not ended. */
export interface RequestedCheck extends Day {
  setOfBookId: number
  requestedAt: number
  user: string
  sessionId: number | null
}

const named = (setOfBookId: number, date: string) =>
  and(eq(settlementDays.setOfBookId, setOfBookId), eq(settlementDays.date, date))

/** What is known of a day, `undefined` as long as nobody has asked. */
export async function getDay(db: Reader, setOfBookId: number, date: string): Promise<DayRecord | undefined> {
  const [day] = await db.select().from(settlementDays).where(named(setOfBookId, date))
  return day
}

/** As `getDay`, of what is committed. */
export function findDay(setOfBookId: number, date: string): Promise<DayRecord | undefined> {
  return getDay(useStorage().db, setOfBookId, date)
}

/** The day's row, made where there is none, locked until the transaction ends. */
export async function lockDay(tx: Tx, setOfBookId: number, { date, from, to }: Day): Promise<DayRecord> {
  await tx
    .insert(settlementDays)
    .values({ setOfBookId, date, beginAt: from, endAt: to })
    .onConflictDoNothing({ target: [settlementDays.setOfBookId, settlementDays.date] })
  const [day] = await useStorage().forUpdate(tx.select().from(settlementDays).where(named(setOfBookId, date)))
  return day!
}

/** The days of a stretch that anything is known of, newest first. */
export async function listDays(
  db: Reader,
  setOfBookId: number,
  { first, last }: { first: string; last: string },
): Promise<DayRecord[]> {
  return db
    .select()
    .from(settlementDays)
    .where(and(eq(settlementDays.setOfBookId, setOfBookId), between(settlementDays.date, first, last)))
    .orderBy(desc(settlementDays.date))
}

/** Asks for a check of a day. Throws Conflict where it is closed or being checked. */
export async function requestCheck(
  setOfBookId: number,
  day: Day,
  { user, sessionId }: Pick<RequestedCheck, 'user' | 'sessionId'>,
  now: number,
): Promise<void> {
  await useStorage().write(async (tx) => {
    await holdDays(tx, setOfBookId)
    const row = await lockDay(tx, setOfBookId, day)
    if (row.closedAt !== null) throw dayClosed(day.date)
    if (row.requestedAt !== null)
      throw new Conflict(`${day.date} 正在对账，请等它完成`, { code: 'day_checking', params: { date: day.date } })
    await tx
      .update(settlementDays)
      .set({ requestedAt: now, requestedUser: user, requestedSessionId: sessionId, beginAt: day.from, endAt: day.to })
      .where(named(setOfBookId, day.date))
  })
}

const ENDED = { requestedAt: null, requestedUser: null, requestedSessionId: null, progress: null }

/**
 * Takes the request back; `false` if there was none. As after a failure, what is asked for by itself waits an hour: it
 * would come back at once.
 */
export async function cancelCheck(setOfBookId: number, date: string, now: number): Promise<boolean> {
  const ended = await useStorage().write((tx) =>
    tx
      .update(settlementDays)
      .set({ ...ENDED, failedAt: now })
      .where(and(named(setOfBookId, date), isNotNull(settlementDays.requestedAt)))
      .returning({ date: settlementDays.date }),
  )
  return ended.length > 0
}

/** The checks that wait or run, in the order in which they were asked for. */
export async function listRequestedChecks(): Promise<RequestedCheck[]> {
  const rows = await useStorage()
    .db.select()
    .from(settlementDays)
    .where(isNotNull(settlementDays.requestedAt))
    .orderBy(asc(settlementDays.requestedAt), asc(settlementDays.date))
  return rows.map((row) => ({
    setOfBookId: row.setOfBookId,
    date: row.date,
    from: row.beginAt,
    to: row.endAt,
    requestedAt: row.requestedAt!,
    user: row.requestedUser!,
    sessionId: row.requestedSessionId,
  }))
}

/** The row as long as this very check is asked for. */
export const underWay = ({ setOfBookId, date, requestedAt }: RequestedCheck) =>
  and(named(setOfBookId, date), eq(settlementDays.requestedAt, requestedAt))

/** Keeps what a check found in a step that it got through. */
export async function noteStep(
  check: RequestedCheck,
  step: { gobox: CabinetSums; fetched: number } | { c8: CabinetSums },
): Promise<void> {
  await useStorage().write((tx) => tx.update(settlementDays).set(step).where(underWay(check)))
}

/** Ends a check that did not come to its end; what earlier ones found stays. */
export async function noteFailedCheck(check: RequestedCheck, reason: Reason, now: number): Promise<void> {
  await useStorage().write((tx) =>
    tx
      .update(settlementDays)
      .set({
        ...ENDED,
        failedAt: now,
        checkError: reason.message,
        checkErrorCode: reason.code,
        checkErrorParams: reason.params ?? null,
      })
      .where(underWay(check)),
  )
}

/** What a complete check says: when it began, and which orders it looked at, or leaves to the next one. */
export interface CompleteCheck {
  begin: number
  seen: Figures
  waiting: string[]
}

/**
 * Ends a complete check: what it has not found again is resolved, but for the orders that wait for the next one.
 * `false` if it was taken back meanwhile.
 */
export async function endCheck(
  tx: Tx,
  check: RequestedCheck,
  { begin, seen, waiting }: CompleteCheck,
  now: number,
): Promise<boolean> {
  const ended = await tx
    .update(settlementDays)
    .set({
      ...ENDED,
      checkedAt: begin,
      checkedUser: check.user,
      failedAt: null,
      checkError: null,
      checkErrorCode: null,
      checkErrorParams: null,
      seenOrders: seen.stored.orders,
      seenAmount: seen.stored.amount,
      seenRefundOrders: seen.refunds.orders,
      seenRefundAmount: seen.refunds.amount,
    })
    .where(underWay(check))
    .returning({ date: settlementDays.date })
  if (ended.length === 0) return false
  await resolveOthers(tx, check, begin, waiting, now)
  return true
}
