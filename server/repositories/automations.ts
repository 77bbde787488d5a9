import { and, eq, gte, isNull, lte, or } from 'drizzle-orm'
import { automations, setOfBooks } from '#drizzle/schema/account-sets'
import { orders } from '#drizzle/schema/orders'
import { DEFAULT_DOWNLOAD_MINUTES, DEFAULT_IMPORT_DELAY_MINUTES } from '#shared/automation'
import type { Reason } from '#shared/error-codes'
import { PAID } from '#shared/order-status'
import { formatTime } from '#shared/time'
import { useStorage, type Reader, type Tx } from '../storage/engine.ts'
import { seal, unseal } from '../storage/seal.ts'
import { useConfig } from '../config.ts'
import { addAudit, type Actor } from './audit.ts'
import { addAutomaticItems } from './import-batch-work.ts'
import { closedDate, holdDays } from './closed-days.ts'
import { enqueue } from './import-queue.ts'

type Row = typeof automations.$inferSelect

/** A user who is signed in, with the C8 token that the automation may use. */
interface SignedIn {
  setOfBookId: number
  setOfBook: string
  userName: string
  c8Token: string
}

/** The automation settings of an account set, with `c8Token` decrypted. */
export type AutomationRecord = Omit<Row, 'c8TokenSealed'> & {
  setOfBook: string
  c8Origin: string
  c8Token: string | null
}

function open({
  automations: { c8TokenSealed, ...row },
  set_of_books: { setOfBook, c8Origin },
}: {
  automations: Row
  set_of_books: typeof setOfBooks.$inferSelect
}): AutomationRecord {
  return {
    ...row,
    setOfBook,
    c8Origin,
    c8Token: c8TokenSealed === null ? null : unseal(c8TokenSealed, setOfBook, useStorage().secretKey),
  }
}

const select = (db: Reader) =>
  db.select().from(automations).innerJoin(setOfBooks, eq(automations.setOfBookId, setOfBooks.id))

/** The account set's automation settings; `undefined` if nothing was ever enabled. */
export async function getAutomation(setOfBookId: number): Promise<AutomationRecord | undefined> {
  const [row] = await select(useStorage().db).where(eq(automations.setOfBookId, setOfBookId))
  return row && open(row)
}

/** Every account set with an automation enabled. */
export async function listAutomations(): Promise<AutomationRecord[]> {
  const on = or(eq(automations.downloads, true), eq(automations.imports, true))
  return (await select(useStorage().db).where(on)).map(open)
}

type Switches = Pick<
  Row,
  'downloads' | 'downloadMinutes' | 'imports' | 'importDelayMinutes' | 'importSince' | 'closeDays'
>

/** The defaults before anything is enabled. */
const UNTOUCHED = {
  downloads: false,
  downloadMinutes: DEFAULT_DOWNLOAD_MINUTES,
  imports: false,
  importDelayMinutes: DEFAULT_IMPORT_DELAY_MINUTES,
  importSince: null,
  closeDays: false,
}

function toFields({
  downloads,
  downloadMinutes,
  imports,
  importDelayMinutes,
  importSince,
  closeDays,
}: Switches | typeof UNTOUCHED): Record<string, unknown> {
  return {
    downloads,
    download_minutes: downloadMinutes,
    imports,
    import_delay_minutes: importDelayMinutes,
    import_since: importSince === null ? null : formatTime(importSince, useConfig().zone),
    close_days: closeDays,
  }
}

/**
 * Switches on and off what runs by itself, with the user's C8 token while anything is on. A cursor that there is stays.
 */
export async function saveAutomation(
  session: SignedIn,
  switches: Switches,
  firstCursor: number,
  by: Actor,
): Promise<void> {
  const { write, secretKey } = useStorage()
  const isOn = switches.downloads || switches.imports
  const change = {
    ...switches,
    enabledUser: session.userName,
    c8TokenSealed: isOn ? seal(session.c8Token, session.setOfBook, secretKey) : null,
  }
  await write(async (tx) => {
    const [before] = await tx.select().from(automations).where(eq(automations.setOfBookId, session.setOfBookId))
    await tx
      .insert(automations)
      .values({ ...change, setOfBookId: session.setOfBookId, downloadCursor: firstCursor })
      .onConflictDoUpdate({ target: automations.setOfBookId, set: change })
    await addAudit(tx, by, 'automation_changed', { before: toFields(before ?? UNTOUCHED), after: toFields(switches) })
  })
}

/** Replaces the stored C8 token by the user's new one, if the stored one was this user's. */
export async function renewAutomationToken(tx: Tx, session: SignedIn): Promise<void> {
  const { secretKey } = useStorage()
  const on = or(eq(automations.downloads, true), eq(automations.imports, true))
  await tx
    .update(automations)
    .set({ c8TokenSealed: seal(session.c8Token, session.setOfBook, secretKey) })
    .where(and(eq(automations.setOfBookId, session.setOfBookId), eq(automations.enabledUser, session.userName), on))
}

/** Deletes the stored C8 token if it is the one that C8 refused; a log-in may have replaced it since. */
export async function dropAutomationToken(setOfBookId: number, refused: string, by: Actor): Promise<void> {
  const { write, forUpdate } = useStorage()
  await write(async (tx) => {
    const [row] = await forUpdate(select(tx).where(eq(automations.setOfBookId, setOfBookId)))
    if (!row || open(row).c8Token !== refused) return
    await tx.update(automations).set({ c8TokenSealed: null }).where(eq(automations.setOfBookId, setOfBookId))
    await addAudit(tx, by, 'session_ended')
  })
}

type Note = Partial<
  Pick<Row, 'downloadCursor' | 'lastAttemptAt' | 'lastReviewDay' | 'lastLongReviewDay' | 'coveredSince' | 'lateBy'>
>

/**
 * Notes how a download went: its cursor (only forward), its time, its error (`null`: none), and what a look
 * back found.
 */
export async function noteDownload(
  setOfBookId: number,
  { error, ...note }: Note & { error?: Reason | null },
): Promise<void> {
  const failure = error !== undefined && {
    lastDownloadError: error?.message ?? null,
    lastDownloadErrorCode: error?.code ?? null,
    lastDownloadErrorParams: error?.params ?? null,
  }
  await useStorage().write((tx) =>
    tx
      .update(automations)
      .set({ ...note, ...failure })
      .where(eq(automations.setOfBookId, setOfBookId)),
  )
}

/** Enough for a day's rush, and few enough not to hold up the webhook. */
const MAX_QUEUED_AT_ONCE = 500

/** The user name of automatic imports, whoever enabled them. */
const IMPORT_USER = '自动导入'

/** Queues paid orders made between `since` and `until` that nobody has tried to import; returns how many. */
export async function enqueuePaidOrders(
  setOfBookId: number,
  since: number,
  until: number,
  now: number,
): Promise<number> {
  const { db, write } = useStorage()
  const waiting = await db
    .select({ id: orders.id })
    .from(orders)
    .where(
      and(
        eq(orders.setOfBookId, setOfBookId),
        gte(orders.createTime, since),
        lte(orders.createTime, until),
        eq(orders.status, PAID),
        eq(orders.importState, 'idle'),
        eq(orders.importHeld, false),
        isNull(closedDate),
      ),
    )
    .limit(MAX_QUEUED_AT_ONCE)
  if (waiting.length === 0) return 0
  const ids = waiting.map(({ id }) => id)
  const day = formatTime(now, useConfig().zone).slice(0, 10)
  return write(async (tx) => {
    await holdDays(tx, setOfBookId)
    const orderIds = await enqueue(tx, ids, IMPORT_USER, null, now)
    if (orderIds.length > 0) await addAutomaticItems(tx, { setOfBookId, day, user: IMPORT_USER, orderIds, now })
    return orderIds.length
  })
}
