import { and, desc, eq, gt, inArray, lte, sql } from 'drizzle-orm'
import { sessions, setOfBooks } from '#drizzle/schema/account-sets'
import { isPermitted, PERMISSION_BITS, type Permission } from '#shared/permissions'
import { prepared, useStorage } from '../storage/engine.ts'
import { hashToken, newToken, seal, unseal } from '../storage/seal.ts'
import { isStorageFailure } from '../storage/failure.ts'
import { Forbidden } from '../errors.ts'
import { addAudit, type Actor } from './audit.ts'
import { renewAutomationToken } from './automations.ts'
import { ensureRow, resumeImports } from './set-of-books.ts'

const HOUR = 3_600_000
const SLIDES = 12 * HOUR
const LASTS = 7 * 24 * HOUR
/** A session's end is moved on at most this often, so that reading does not become writing. */
const SLIDE_STEP = 5 * 60_000

/** A signed-in user of one account set. */
export interface SessionRecord {
  id: number
  setOfBookId: number
  setOfBook: string
  userName: string
  accessLevel: number
  c8Origin: string
  c8Token: string
  createdAt: number
  expiresAt: number
}

const columns = {
  id: sessions.id,
  setOfBookId: sessions.setOfBookId,
  setOfBook: setOfBooks.setOfBook,
  userName: sessions.userName,
  accessLevel: sessions.accessLevel,
  c8Origin: setOfBooks.c8Origin,
  c8TokenSealed: sessions.c8TokenSealed,
  createdAt: sessions.createdAt,
  expiresAt: sessions.expiresAt,
}

type Row = Omit<SessionRecord, 'c8Token'> & { c8TokenSealed: string }

function open({ c8TokenSealed, ...row }: Row): SessionRecord {
  return { ...row, c8Token: unseal(c8TokenSealed, row.setOfBook, useStorage().secretKey) }
}

/** Throws Forbidden for a log-in from another C8 than the one that an account set is bound to. */
export function checkC8Origin(set: { c8Origin: string }, c8Origin: string) {
  if (set.c8Origin !== c8Origin)
    throw new Forbidden('这个账套属于另一个 C8，请从原来的 C8 登录', { code: 'set_of_book_of_other_c8' })
}

/**
 * Starts a session, and with it what a log-in brings: the account set's row at the first one, a fresh C8 token for what
 * runs by itself, and an import queue that goes on. Its token is returned here and kept nowhere else. Throws Forbidden.
 */
export async function createSession(
  user: Pick<SessionRecord, 'setOfBook' | 'userName' | 'accessLevel' | 'c8Origin' | 'c8Token'>,
  address: string,
  now: number,
): Promise<{ token: string; expiresAt: number; setOfBookId: number }> {
  const { write, secretKey } = useStorage()
  const token = newToken()
  const expiresAt = now + SLIDES
  const { setOfBook, userName, accessLevel, c8Origin, c8Token } = user
  const c8TokenSealed = seal(c8Token, setOfBook, secretKey)
  const setOfBookId = await write(async (tx) => {
    const set = await ensureRow(tx, setOfBook, c8Origin)
    checkC8Origin(set, c8Origin)
    await tx.insert(sessions).values({
      setOfBookId: set.id,
      userName,
      accessLevel,
      tokenHash: hashToken(token),
      c8TokenSealed,
      createdAt: now,
      expiresAt,
    })
    if (isPermitted(accessLevel, 'create')) await renewAutomationToken(tx, { ...user, setOfBookId: set.id })
    await resumeImports(tx, set.id)
    const by = { setOfBookId: set.id, user: userName, address }
    await addAudit(tx, by, 'logged_in', { after: { access_level: accessLevel } })
    return set.id
  })
  return { token, expiresAt, setOfBookId }
}

const byTokenHash = prepared('session_by_token', (db) =>
  db
    .select(columns)
    .from(sessions)
    .innerJoin(setOfBooks, eq(sessions.setOfBookId, setOfBooks.id))
    .where(and(eq(sessions.tokenHash, sql.placeholder('tokenHash')), gt(sessions.expiresAt, sql.placeholder('now')))),
)

/** The live session of this token; using it moves its end on: 12 h from now, at most 7 days from its start. */
export async function touchSession(token: string, now: number): Promise<SessionRecord | undefined> {
  const [row] = await byTokenHash({ tokenHash: hashToken(token), now })
  if (!row) return undefined
  const expiresAt = Math.min(now + SLIDES, row.createdAt + LASTS)
  if (expiresAt - row.expiresAt >= SLIDE_STEP) {
    const slide = useStorage().write((tx) => tx.update(sessions).set({ expiresAt }).where(eq(sessions.id, row.id)))
    // On a full disk everything can still be read: the session then lasts as long as it did before.
    await slide.then(
      () => (row.expiresAt = expiresAt),
      (error) => {
        if (!isStorageFailure(error)) throw error
      },
    )
  }
  return open(row)
}

/** Which of the sessions have neither been ended nor expired. */
export async function findLiveSessions(ids: number[], now: number): Promise<Set<number>> {
  const rows = await useStorage()
    .db.select({ id: sessions.id })
    .from(sessions)
    .where(and(inArray(sessions.id, ids), gt(sessions.expiresAt, now)))
  return new Set(rows.map(({ id }) => id))
}

/** Ends a session; `event` says how. */
export async function deleteSession(id: number, by: Actor, event: 'logged_out' | 'session_ended'): Promise<void> {
  await useStorage().write(async (tx) => {
    const ended = await tx.delete(sessions).where(eq(sessions.id, id)).returning({ id: sessions.id })
    if (ended.length > 0) await addAudit(tx, by, event)
  })
}

/** Forgets sessions that have ended. Returns how many. */
export async function sweepSessions(now: number): Promise<number> {
  return useStorage().write(async (tx) => {
    const swept = await tx.delete(sessions).where(lte(sessions.expiresAt, now)).returning({ id: sessions.id })
    return swept.length
  })
}

/**
 * A session through which what runs in the background may speak to C8 for this account set: `preferred` while it lives,
 * else the newest that has the permission.
 */
export async function findSessionWith(
  permission: Permission,
  setOfBookId: number,
  preferred: number | null,
  now: number,
): Promise<SessionRecord | undefined> {
  const [row] = await useStorage()
    .db.select(columns)
    .from(sessions)
    .innerJoin(setOfBooks, eq(sessions.setOfBookId, setOfBooks.id))
    .where(
      and(
        eq(sessions.setOfBookId, setOfBookId),
        gt(sessions.expiresAt, now),
        sql`(${sessions.accessLevel} & ${PERMISSION_BITS[permission]}) <> 0`,
      ),
    )
    .orderBy(desc(sql`${sessions.id} = ${preferred ?? 0}`), desc(sessions.id))
    .limit(1)
  return row && open(row)
}
