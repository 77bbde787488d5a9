import { and, desc, eq, gt, lte, sql } from 'drizzle-orm'
import { sessions, setOfBooks } from '#drizzle/schema'
import { isPermitted, PERMISSION_BITS } from '#shared/permissions'
import { prepared, useStorage } from '../db/client.ts'
import { hashToken, newToken, seal, unseal } from '../db/seal.ts'
import { Forbidden } from '../utils/errors.ts'
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
  if (set.c8Origin !== c8Origin) throw new Forbidden('这个账套属于另一个 C8，请从原来的 C8 登录')
}

/**
 * Starts a session, and with it what a log-in brings: the account set's row at the first one, a fresh C8 token for what runs by itself, and
 * an import queue that goes on. Its token is returned here and kept nowhere else. Throws Forbidden.
 */
export async function createSession(
  user: Pick<SessionRecord, 'setOfBook' | 'userName' | 'accessLevel' | 'c8Origin' | 'c8Token'>,
  address: string,
  now: number,
): Promise<{ token: string; expiresAt: number }> {
  const { db, write, secretKey } = useStorage()
  const token = newToken()
  const expiresAt = now + SLIDES
  const { setOfBook, userName, accessLevel, c8Origin, c8Token } = user
  const c8TokenSealed = seal(c8Token, setOfBook, secretKey)
  await write(() => {
    const set = ensureRow(setOfBook, c8Origin)
    checkC8Origin(set, c8Origin)
    db.insert(sessions)
      .values({
        setOfBookId: set.id,
        userName,
        accessLevel,
        tokenHash: hashToken(token),
        c8TokenSealed,
        createdAt: now,
        expiresAt,
      })
      .run()
    if (isPermitted(accessLevel, 'create')) renewAutomationToken({ ...user, setOfBookId: set.id })
    resumeImports(set.id)
    addAudit({ setOfBookId: set.id, user: userName, address }, 'logged_in', { after: { access_level: accessLevel } })
  })
  return { token, expiresAt }
}

const byTokenHash = prepared((db) =>
  db
    .select(columns)
    .from(sessions)
    .innerJoin(setOfBooks, eq(sessions.setOfBookId, setOfBooks.id))
    .where(and(eq(sessions.tokenHash, sql.placeholder('tokenHash')), gt(sessions.expiresAt, sql.placeholder('now'))))
    .prepare(),
)

/** The live session of this token; using it moves its end on: 12 h from now, at most 7 days from its start. */
export async function touchSession(token: string, now: number): Promise<SessionRecord | undefined> {
  const row = byTokenHash().get({ tokenHash: hashToken(token), now })
  if (!row) return undefined
  const expiresAt = Math.min(now + SLIDES, row.createdAt + LASTS)
  if (expiresAt - row.expiresAt >= SLIDE_STEP) {
    const { db, write } = useStorage()
    await write(() => db.update(sessions).set({ expiresAt }).where(eq(sessions.id, row.id)).run())
    row.expiresAt = expiresAt
  }
  return open(row)
}

const liveById = prepared((db) =>
  db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(eq(sessions.id, sql.placeholder('id')), gt(sessions.expiresAt, sql.placeholder('now'))))
    .prepare(),
)

/** Whether the session has neither been ended nor expired. */
export async function isSessionLive(id: number, now: number): Promise<boolean> {
  return liveById().get({ id, now }) !== undefined
}

/** Ends a session; `event` says how. */
export async function deleteSession(id: number, by: Actor, event: 'logged_out' | 'session_ended'): Promise<void> {
  const { db, write } = useStorage()
  await write(() => {
    if (db.delete(sessions).where(eq(sessions.id, id)).run().changes > 0) addAudit(by, event)
  })
}

/** Forgets sessions that have ended. Returns how many. */
export async function sweepSessions(now: number): Promise<number> {
  const { db, write } = useStorage()
  return write(() => db.delete(sessions).where(lte(sessions.expiresAt, now)).run().changes)
}

/**
 * A session through which the queue may speak to C8 for this account set: `preferred` while it lives, else the newest that may create.
 */
export async function findSessionForImport(
  setOfBookId: number,
  preferred: number | null,
  now: number,
): Promise<SessionRecord | undefined> {
  const rows = useStorage()
    .db.select(columns)
    .from(sessions)
    .innerJoin(setOfBooks, eq(sessions.setOfBookId, setOfBooks.id))
    .where(
      and(
        eq(sessions.setOfBookId, setOfBookId),
        gt(sessions.expiresAt, now),
        sql`${sessions.accessLevel} & ${PERMISSION_BITS.create}`,
      ),
    )
    .orderBy(desc(sql`${sessions.id} = ${preferred ?? 0}`), desc(sessions.id))
    .limit(1)
    .all()
  return rows[0] && open(rows[0])
}
