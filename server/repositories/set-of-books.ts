import { and, eq, isNotNull } from 'drizzle-orm'
import { setOfBooks } from '#drizzle/schema/account-sets'
import type { Reason } from '#shared/error-codes'
import { useStorage, type Tx } from '../storage/engine.ts'
import { hashToken, newToken, seal, unseal } from '../storage/seal.ts'
import { addAudit, type Actor } from './audit.ts'

type Row = typeof setOfBooks.$inferSelect

/** An account set with its secrets opened. */
export type SetOfBookRecord = Omit<Row, 'appKeySealed' | 'accessTokenSealed' | 'tokenSealed' | 'tokenHash'> & {
  appKey: string | null
  accessToken: string | null
  /** The local token, which goBox sends to the webhook. */
  token: string
}

export function open({ appKeySealed, accessTokenSealed, tokenSealed, tokenHash, ...row }: Row): SetOfBookRecord {
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
  const [row] = await useStorage().db.select().from(setOfBooks).where(eq(setOfBooks.id, id))
  return row && open(row)
}

/** The account set that C8 calls `name`. */
export async function findSetOfBook(name: string): Promise<SetOfBookRecord | undefined> {
  const [row] = await useStorage().db.select().from(setOfBooks).where(eq(setOfBooks.setOfBook, name))
  return row && open(row)
}

/** The account set `name`, made with a fresh local token and bound to `c8Origin` if it is not there yet. */
export async function ensureRow(tx: Tx, name: string, c8Origin: string): Promise<Row> {
  const { secretKey } = useStorage()
  const token = newToken()
  await tx
    .insert(setOfBooks)
    .values({ setOfBook: name, c8Origin, tokenSealed: seal(token, name, secretKey), tokenHash: hashToken(token) })
    .onConflictDoNothing({ target: setOfBooks.setOfBook })
  const [row] = await tx.select().from(setOfBooks).where(eq(setOfBooks.setOfBook, name))
  return row!
}

/** The account set `name`, made if it is not there yet. */
export async function ensureSetOfBook(name: string, c8Origin: string): Promise<SetOfBookRecord> {
  return open(await useStorage().write((tx) => ensureRow(tx, name, c8Origin)))
}

/** The row as it stays until the transaction ends. */
export async function lockRow(tx: Tx, id: number): Promise<Row | undefined> {
  const [row] = await useStorage().forUpdate(tx.select().from(setOfBooks).where(eq(setOfBooks.id, id)))
  return row
}

/** Gives the account set the name that people know it by, or takes it away. */
export async function nameSetOfBook(set: SetOfBookRecord, name: string | null, by: Actor): Promise<SetOfBookRecord> {
  const [row] = await useStorage().write(async (tx) => {
    await addAudit(tx, by, 'settings_changed', { before: { name: set.name }, after: { name } })
    const change = { name, updatedAt: Date.now(), updatedUser: by.user }
    return tx.update(setOfBooks).set(change).where(eq(setOfBooks.id, set.id)).returning()
  })
  return open(row!)
}

/** Pauses the import queue until the next log-in, with a reason for the page. */
export async function pauseImports(id: number, { message, code, params }: Reason): Promise<void> {
  const change = { importPausedReason: message, importPausedCode: code, importPausedParams: params ?? null }
  await useStorage().write((tx) => tx.update(setOfBooks).set(change).where(eq(setOfBooks.id, id)))
}

/** Lets the import queue go on. */
export async function resumeImports(tx: Tx, id: number): Promise<void> {
  await tx
    .update(setOfBooks)
    .set({ importPausedReason: null, importPausedCode: null, importPausedParams: null })
    .where(and(eq(setOfBooks.id, id), isNotNull(setOfBooks.importPausedReason)))
}
