import { eq } from 'drizzle-orm'
import { setOfBooks } from '#drizzle/schema'
import { useStorage } from '../db/client.ts'
import { hashToken, newToken, seal, unseal } from '../db/seal.ts'

type Row = typeof setOfBooks.$inferSelect

/** An account set with its secrets opened. */
export type SetOfBookRecord = Omit<Row, 'appKeySealed' | 'accessTokenSealed' | 'tokenSealed' | 'tokenHash'> & {
  appKey: string | null
  accessToken: string | null
  /** The local token, which goBox sends to the webhook. */
  token: string
}

/** goBox's credentials with the access token that they were checked with; times in milliseconds. */
export interface GoboxCredentials { appKey: string, userName: string, accessToken: string, tokenCreatedAt: number, expiredAt: number }

function open({ appKeySealed, accessTokenSealed, tokenSealed, tokenHash, ...row }: Row): SetOfBookRecord {
  const { secretKey } = useStorage()
  const opened = (sealed: string | null) => sealed === null ? null : unseal(sealed, row.setOfBook, secretKey)
  return { ...row, appKey: opened(appKeySealed), accessToken: opened(accessTokenSealed), token: unseal(tokenSealed, row.setOfBook, secretKey) }
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

/** The account set `name`, made with a fresh local token and bound to `c8Origin` if it is not there yet. */
export async function ensureSetOfBook(name: string, c8Origin: string): Promise<SetOfBookRecord> {
  const { db, write, secretKey } = useStorage()
  const token = newToken()
  const row = await write(() => {
    db.insert(setOfBooks).values({ setOfBook: name, c8Origin, tokenSealed: seal(token, name, secretKey), tokenHash: hashToken(token) })
      .onConflictDoNothing({ target: setOfBooks.setOfBook }).run()
    return db.select().from(setOfBooks).where(eq(setOfBooks.setOfBook, name)).get()!
  })
  return open(row)
}

const idsByTokenHash = new Map<string, number>()
const MAX_REMEMBERED_TOKENS = 1000

/** The id of the account set that this local token belongs to; asked for each message, so good ones are remembered. */
export async function findIdByLocalToken(token: string): Promise<number | undefined> {
  const tokenHash = hashToken(token)
  const remembered = idsByTokenHash.get(tokenHash)
  if (remembered !== undefined) return remembered
  const row = useStorage().db.select({ id: setOfBooks.id }).from(setOfBooks).where(eq(setOfBooks.tokenHash, tokenHash)).get()
  if (!row) return undefined
  if (idsByTokenHash.size >= MAX_REMEMBERED_TOKENS) idsByTokenHash.clear()
  idsByTokenHash.set(tokenHash, row.id)
  return row.id
}

/** Gives the account set a fresh local token; the old one is refused from then on. */
export async function replaceLocalToken(id: number, user: string, now: number): Promise<SetOfBookRecord> {
  const { db, write, secretKey } = useStorage()
  const token = newToken()
  const row = await write(() => {
    const { setOfBook } = db.select({ setOfBook: setOfBooks.setOfBook }).from(setOfBooks).where(eq(setOfBooks.id, id)).get()!
    return db.update(setOfBooks).set({ tokenSealed: seal(token, setOfBook, secretKey), tokenHash: hashToken(token), updatedAt: now, updatedUser: user })
      .where(eq(setOfBooks.id, id)).returning().get()
  })
  idsByTokenHash.clear()
  return open(row)
}

/** Stores goBox's credentials together with the access token that proved them. */
export async function saveGoboxCredentials(set: SetOfBookRecord, credentials: GoboxCredentials, user: string, now: number): Promise<SetOfBookRecord> {
  const { db, write, secretKey } = useStorage()
  const { appKey, accessToken, ...rest } = credentials
  const row = await write(() => db.update(setOfBooks).set({
    ...rest,
    appKeySealed: seal(appKey, set.setOfBook, secretKey),
    accessTokenSealed: seal(accessToken, set.setOfBook, secretKey),
    updatedAt: now,
    updatedUser: user,
  }).where(eq(setOfBooks.id, set.id)).returning().get())
  return open(row)
}

/** Stores a renewed goBox access token, unless the credentials have changed meanwhile. */
export async function saveAccessToken(set: SetOfBookRecord, renewed: Pick<GoboxCredentials, 'accessToken' | 'tokenCreatedAt' | 'expiredAt'>): Promise<void> {
  const { db, write, secretKey } = useStorage()
  const { accessToken, ...times } = renewed
  await write(() => {
    const row = db.select().from(setOfBooks).where(eq(setOfBooks.id, set.id)).get()
    if (!row || open(row).appKey !== set.appKey || row.userName !== set.userName) return
    db.update(setOfBooks).set({ ...times, accessTokenSealed: seal(accessToken, set.setOfBook, secretKey) }).where(eq(setOfBooks.id, set.id)).run()
  })
}

/** Pauses the import queue with a reason for the page, or lets it go on (`null`). */
export async function setImportPause(id: number, reason: string | null): Promise<void> {
  const { db, write } = useStorage()
  await write(() => db.update(setOfBooks).set({ importPausedReason: reason }).where(eq(setOfBooks.id, id)).run())
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
