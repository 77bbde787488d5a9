import { and, desc, eq, gt, lte, sql } from 'drizzle-orm'
import { sessions, setOfBooks } from '#drizzle/schema'
import { PERMISSION_BITS } from '#shared/permissions'
import { prepared, useStorage } from '../db/client'
import { hashToken, newToken, seal, unseal } from '../db/seal'

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
  id: sessions.id, setOfBookId: sessions.setOfBookId, setOfBook: setOfBooks.setOfBook, userName: sessions.userName, accessLevel: sessions.accessLevel,
  c8Origin: setOfBooks.c8Origin, c8TokenSealed: sessions.c8TokenSealed, createdAt: sessions.createdAt, expiresAt: sessions.expiresAt,
}

type Row = Omit<SessionRecord, 'c8Token'> & { c8TokenSealed: string }

function open({ c8TokenSealed, ...row }: Row): SessionRecord {
  return { ...row, c8Token: unseal(c8TokenSealed, row.setOfBook, useStorage().secretKey) }
}

/** Starts a session; its token is returned here and kept nowhere else. */
export async function createSession(
  user: Pick<SessionRecord, 'setOfBookId' | 'setOfBook' | 'userName' | 'accessLevel' | 'c8Token'>, now: number,
): Promise<{ token: string, expiresAt: number }> {
  const { db, write, secretKey } = useStorage()
  const token = newToken()
  const expiresAt = now + SLIDES
  const { c8Token, setOfBook, ...rest } = user
  const c8TokenSealed = seal(c8Token, setOfBook, secretKey)
  await write(() => db.insert(sessions).values({ ...rest, tokenHash: hashToken(token), c8TokenSealed, createdAt: now, expiresAt }).run())
  return { token, expiresAt }
}

const byTokenHash = prepared(db => db.select(columns).from(sessions).innerJoin(setOfBooks, eq(sessions.setOfBookId, setOfBooks.id))
  .where(and(eq(sessions.tokenHash, sql.placeholder('tokenHash')), gt(sessions.expiresAt, sql.placeholder('now')))).prepare())

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

/** Ends a session. */
export async function deleteSession(id: number): Promise<void> {
  const { db, write } = useStorage()
  await write(() => db.delete(sessions).where(eq(sessions.id, id)).run())
}

/** Forgets sessions that have ended. Returns how many. */
export async function sweepSessions(now: number): Promise<number> {
  const { db, write } = useStorage()
  return write(() => db.delete(sessions).where(lte(sessions.expiresAt, now)).run().changes)
}

/**
 * A session through which the queue may speak to C8 for this account set: `preferred` while it lives, else the newest that may create.
 */
export async function findSessionForImport(setOfBookId: number, preferred: number | null, now: number): Promise<SessionRecord | undefined> {
  const rows = useStorage().db.select(columns).from(sessions).innerJoin(setOfBooks, eq(sessions.setOfBookId, setOfBooks.id))
    .where(and(
      eq(sessions.setOfBookId, setOfBookId), gt(sessions.expiresAt, now),
      sql`${sessions.accessLevel} & ${PERMISSION_BITS.create}`,
    )).orderBy(desc(sql`${sessions.id} = ${preferred ?? 0}`), desc(sessions.id)).limit(1).all()
  return rows[0] && open(rows[0])
}
