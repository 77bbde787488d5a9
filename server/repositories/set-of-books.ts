import { and, eq, isNotNull, lte } from 'drizzle-orm'
import { replacedTokens, setOfBooks } from '#drizzle/schema'
import { useStorage } from '../db/client.ts'
import { hashToken, isSameHash, newToken, seal, unseal } from '../db/seal.ts'
import { addAudit, type Actor } from './audit.ts'

const HOUR = 3_600_000

type Row = typeof setOfBooks.$inferSelect

/** An account set with its secrets opened. */
export type SetOfBookRecord = Omit<Row, 'appKeySealed' | 'accessTokenSealed' | 'tokenSealed' | 'tokenHash'> & {
  appKey: string | null
  accessToken: string | null
  /** The local token, which goBox sends to the webhook. */
  token: string
}

/** goBox's credentials with the access token that they were checked with; times in milliseconds. */
export interface GoboxCredentials {
  appKey: string
  userName: string
  accessToken: string
  tokenCreatedAt: number
  expiredAt: number
}

function open({ appKeySealed, accessTokenSealed, tokenSealed, tokenHash, ...row }: Row): SetOfBookRecord {
  const { secretKey } = useStorage()
  const opened = (sealed: string | null) => (sealed === null ? null : unseal(sealed, row.setOfBook, secretKey))
  return {
    ...row,
    appKey: opened(appKeySealed),
    accessToken: opened(accessTokenSealed),
    token: unseal(tokenSealed, row.setOfBook, secretKey),
  }
}

/** The account set with this id. */
export async function getSetOfBook(id: number): Promise<SetOfBookRecord | undefined> {
  const row = useStorage().db.select().from(setOfBooks).where(eq(setOfBooks.id, id)).get()
  return row && open(row)
}

/** The account set that C8 calls `name`. */
export async function findSetOfBook(name: string): Promise<SetOfBookRecord | undefined> {
  const row = useStorage().db.select().from(setOfBooks).where(eq(setOfBooks.setOfBook, name)).get()
  return row && open(row)
}

/** The account set `name`, made with a fresh local token and bound to `c8Origin` if it is not there yet. Runs inside the caller's transaction. */
export function ensureRow(name: string, c8Origin: string): Row {
  const { db, secretKey } = useStorage()
  const token = newToken()
  db.insert(setOfBooks)
    .values({ setOfBook: name, c8Origin, tokenSealed: seal(token, name, secretKey), tokenHash: hashToken(token) })
    .onConflictDoNothing({ target: setOfBooks.setOfBook })
    .run()
  return db.select().from(setOfBooks).where(eq(setOfBooks.setOfBook, name)).get()!
}

/** The account set `name`, made if it is not there yet. */
export async function ensureSetOfBook(name: string, c8Origin: string): Promise<SetOfBookRecord> {
  return open(await useStorage().write(() => ensureRow(name, c8Origin)))
}

interface LocalToken {
  id: number
  goodUntil: number
}

const localTokens = new Map<string, LocalToken>()
const MAX_REMEMBERED_TOKENS = 1000

function findLocalToken(tokenHash: string): LocalToken | undefined {
  const { db } = useStorage()
  const current = db
    .select({ id: setOfBooks.id, tokenHash: setOfBooks.tokenHash })
    .from(setOfBooks)
    .where(eq(setOfBooks.tokenHash, tokenHash))
    .get()
  if (current && isSameHash(current.tokenHash, tokenHash)) return { id: current.id, goodUntil: Infinity }
  const old = db.select().from(replacedTokens).where(eq(replacedTokens.tokenHash, tokenHash)).get()
  return old && isSameHash(old.tokenHash, tokenHash) ? { id: old.setOfBookId, goodUntil: old.goodUntil } : undefined
}

/** The id of the account set that this local token belongs to; asked for each message, so good ones are remembered. */
export function findIdByLocalToken(token: string, now: number): number | undefined {
  const tokenHash = hashToken(token)
  let found = localTokens.get(tokenHash)
  if (!found) {
    found = findLocalToken(tokenHash)
    if (!found) return undefined
    if (localTokens.size >= MAX_REMEMBERED_TOKENS) localTokens.clear()
    localTokens.set(tokenHash, found)
  }
  return now < found.goodUntil ? found.id : undefined
}

/**
 * Gives the account set a fresh local token. The old one stays good for `overlapHours`; with 0 it and all earlier ones are refused from
 * then on.
 */
export async function replaceLocalToken(
  id: number,
  overlapHours: number,
  by: Actor,
  now: number,
): Promise<{ set: SetOfBookRecord; oldGoodUntil: number | null }> {
  const { db, write, secretKey } = useStorage()
  const token = newToken()
  const oldGoodUntil = overlapHours > 0 ? now + overlapHours * HOUR : null
  const row = await write(() => {
    const { setOfBook, tokenHash } = db.select().from(setOfBooks).where(eq(setOfBooks.id, id)).get()!
    if (oldGoodUntil === null) db.delete(replacedTokens).where(eq(replacedTokens.setOfBookId, id)).run()
    else db.insert(replacedTokens).values({ tokenHash, setOfBookId: id, goodUntil: oldGoodUntil }).run()
    addAudit(by, 'token_replaced', { after: { overlap_hours: overlapHours } })
    return db
      .update(setOfBooks)
      .set({
        tokenSealed: seal(token, setOfBook, secretKey),
        tokenHash: hashToken(token),
        updatedAt: now,
        updatedUser: by.user,
      })
      .where(eq(setOfBooks.id, id))
      .returning()
      .get()
  })
  localTokens.clear()
  return { set: open(row), oldGoodUntil }
}

/** Forgets replaced tokens that are no longer good. Returns how many. */
export async function sweepReplacedTokens(now: number): Promise<number> {
  const { db, write } = useStorage()
  return write(() => db.delete(replacedTokens).where(lte(replacedTokens.goodUntil, now)).run().changes)
}

/** Stores goBox's credentials together with the access token that proved them. */
export async function saveGoboxCredentials(
  set: SetOfBookRecord,
  credentials: GoboxCredentials,
  by: Actor,
  now: number,
): Promise<SetOfBookRecord> {
  const { db, write, secretKey } = useStorage()
  const { appKey, accessToken, ...rest } = credentials
  const row = await write(() => {
    const secrets = appKey === set.appKey ? {} : { app_key: '已更换' }
    addAudit(by, 'settings_changed', {
      before: { user_name: set.userName },
      after: { user_name: rest.userName, ...secrets },
    })
    return db
      .update(setOfBooks)
      .set({
        ...rest,
        appKeySealed: seal(appKey, set.setOfBook, secretKey),
        accessTokenSealed: seal(accessToken, set.setOfBook, secretKey),
        updatedAt: now,
        updatedUser: by.user,
      })
      .where(eq(setOfBooks.id, set.id))
      .returning()
      .get()
  })
  return open(row)
}

/** Stores a renewed goBox access token, unless the credentials have changed meanwhile. */
export async function saveAccessToken(
  set: SetOfBookRecord,
  renewed: Pick<GoboxCredentials, 'accessToken' | 'tokenCreatedAt' | 'expiredAt'>,
): Promise<void> {
  const { db, write, secretKey } = useStorage()
  const { accessToken, ...times } = renewed
  await write(() => {
    const row = db.select().from(setOfBooks).where(eq(setOfBooks.id, set.id)).get()
    if (!row || open(row).appKey !== set.appKey || row.userName !== set.userName) return
    db.update(setOfBooks)
      .set({ ...times, accessTokenSealed: seal(accessToken, set.setOfBook, secretKey) })
      .where(eq(setOfBooks.id, set.id))
      .run()
  })
}

/** Pauses the import queue until the next log-in, with a reason for the page. */
export async function pauseImports(id: number, reason: string): Promise<void> {
  const { db, write } = useStorage()
  await write(() => db.update(setOfBooks).set({ importPausedReason: reason }).where(eq(setOfBooks.id, id)).run())
}

/** Lets the import queue go on. Runs inside the caller's transaction. */
export function resumeImports(id: number) {
  useStorage()
    .db.update(setOfBooks)
    .set({ importPausedReason: null })
    .where(and(eq(setOfBooks.id, id), isNotNull(setOfBooks.importPausedReason)))
    .run()
}

/** Notes when goBox last called the webhook. */
export async function saveLastWebhook(id: number, at: number): Promise<void> {
  const { db, write } = useStorage()
  await write(() => db.update(setOfBooks).set({ lastWebhookAt: at }).where(eq(setOfBooks.id, id)).run())
}

/** Notes when goBox last answered a download. */
export async function saveLastDownload(id: number, at: number): Promise<void> {
  const { db, write } = useStorage()
  await write(() => db.update(setOfBooks).set({ lastDownloadAt: at }).where(eq(setOfBooks.id, id)).run())
}
