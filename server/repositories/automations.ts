import { and, eq, gte, lte, or } from 'drizzle-orm'
import { automations, orders, setOfBooks } from '#drizzle/schema'
import { DEFAULT_DOWNLOAD_MINUTES, DEFAULT_IMPORT_DELAY_MINUTES } from '#shared/automation'
import { PAID } from '#shared/order-status'
import { formatTime } from '#shared/time'
import { useStorage } from '../db/client.ts'
import { seal, unseal } from '../db/seal.ts'
import { useConfig } from '../utils/config.ts'
import { addAudit, type Actor } from './audit.ts'
import { enqueue } from './order-imports.ts'
import type { SessionRecord } from './sessions.ts'

type Row = typeof automations.$inferSelect

/** What runs by itself for an account set; `c8Token` opened. */
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

const select = () =>
  useStorage().db.select().from(automations).innerJoin(setOfBooks, eq(automations.setOfBookId, setOfBooks.id))

/** What runs by itself for this account set; `undefined` if nothing was ever switched on. */
export async function getAutomation(setOfBookId: number): Promise<AutomationRecord | undefined> {
  const row = select().where(eq(automations.setOfBookId, setOfBookId)).get()
  return row && open(row)
}

/** Every account set for which something runs by itself. */
export async function listAutomations(): Promise<AutomationRecord[]> {
  return select()
    .where(or(eq(automations.downloads, true), eq(automations.imports, true)))
    .all()
    .map(open)
}

type Switches = Pick<Row, 'downloads' | 'downloadMinutes' | 'imports' | 'importDelayMinutes' | 'importSince'>

/** What holds until something is switched on for the first time. */
const UNTOUCHED = {
  downloads: false,
  downloadMinutes: DEFAULT_DOWNLOAD_MINUTES,
  imports: false,
  importDelayMinutes: DEFAULT_IMPORT_DELAY_MINUTES,
  importSince: null,
}

function toFields({
  downloads,
  downloadMinutes,
  imports,
  importDelayMinutes,
  importSince,
}: Switches | typeof UNTOUCHED): Record<string, unknown> {
  return {
    downloads,
    download_minutes: downloadMinutes,
    imports,
    import_delay_minutes: importDelayMinutes,
    import_since: importSince === null ? null : formatTime(importSince, useConfig().zone),
  }
}

/** Switches on and off what runs by itself, with the user's C8 token while anything is on. A cursor that there is stays. */
export async function saveAutomation(
  session: SessionRecord,
  switches: Switches,
  firstCursor: number,
  by: Actor,
): Promise<void> {
  const { db, write, secretKey } = useStorage()
  const isOn = switches.downloads || switches.imports
  const change = {
    ...switches,
    enabledUser: session.userName,
    c8TokenSealed: isOn ? seal(session.c8Token, session.setOfBook, secretKey) : null,
  }
  await write(() => {
    const before = db.select().from(automations).where(eq(automations.setOfBookId, session.setOfBookId)).get()
    db.insert(automations)
      .values({ ...change, setOfBookId: session.setOfBookId, downloadCursor: firstCursor })
      .onConflictDoUpdate({ target: automations.setOfBookId, set: change })
      .run()
    addAudit(by, 'automation_changed', { before: toFields(before ?? UNTOUCHED), after: toFields(switches) })
  })
}

/** Puts the user's fresh C8 token in the place of the stored one, if that was this user's. Runs inside the caller's transaction. */
export function renewAutomationToken(
  session: Pick<SessionRecord, 'setOfBookId' | 'setOfBook' | 'userName' | 'c8Token'>,
) {
  const { db, secretKey } = useStorage()
  const on = or(eq(automations.downloads, true), eq(automations.imports, true))
  db.update(automations)
    .set({ c8TokenSealed: seal(session.c8Token, session.setOfBook, secretKey) })
    .where(and(eq(automations.setOfBookId, session.setOfBookId), eq(automations.enabledUser, session.userName), on))
    .run()
}

/** Forgets the stored C8 token if it is the one that C8 has refused: a log-in may have brought another since. */
export async function dropAutomationToken(setOfBookId: number, refused: string, by: Actor): Promise<void> {
  const { db, write } = useStorage()
  await write(() => {
    const row = select().where(eq(automations.setOfBookId, setOfBookId)).get()
    if (!row || open(row).c8Token !== refused) return
    db.update(automations).set({ c8TokenSealed: null }).where(eq(automations.setOfBookId, setOfBookId)).run()
    addAudit(by, 'session_ended')
  })
}

/** Notes how a download went: its cursor (only forward), its time, its error, the day whose review is done. */
export async function noteDownload(
  setOfBookId: number,
  note: Partial<Pick<Row, 'downloadCursor' | 'lastAttemptAt' | 'lastDownloadError' | 'lastReviewDay'>>,
): Promise<void> {
  const { db, write } = useStorage()
  await write(() => db.update(automations).set(note).where(eq(automations.setOfBookId, setOfBookId)).run())
}

/** Enough for a day's rush at once, few enough to leave the thread to the webhook. */
const MAX_QUEUED_AT_ONCE = 500

/** Queues paid orders made between `since` and `until` that nobody has tried to import; returns how many. */
export async function enqueuePaidOrders(
  setOfBookId: number,
  since: number,
  until: number,
  user: string,
  now: number,
): Promise<number> {
  const { db, write } = useStorage()
  const waiting = db
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
      ),
    )
    .limit(MAX_QUEUED_AT_ONCE)
    .all()
  if (waiting.length === 0) return 0
  await write(() => waiting.forEach(({ id }) => enqueue(id, user, null, now)))
  return waiting.length
}
