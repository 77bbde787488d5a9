import { and, eq, lte } from 'drizzle-orm'
import { replacedTokens, setOfBooks } from '#drizzle/schema/account-sets'
import { useStorage, type Tx } from '../storage/engine.ts'
import { hashToken, isSameHash, newToken, seal } from '../storage/seal.ts'
import { Unauthorized } from '../errors.ts'
import { addAudit, type Actor } from './audit.ts'
import { type SetOfBookRecord, lockRow, open } from './set-of-books.ts'

const HOUR = 3_600_000

/** Why a message is refused that comes with no account set's local token, or with one that has been replaced. */
export const unknownLocalToken = () =>
  new Unauthorized('Token 不是任何账套的本地令牌，请从“设置”里重新复制', { code: 'local_token_unknown' })

/** A local token that was found good, and for which account set. */
export interface LocalToken {
  setOfBookId: number
  tokenHash: string
  goodUntil: number
}

const localTokens = new Map<string, LocalToken>()

const MAX_REMEMBERED_TOKENS = 1000

let tokenChanges = 0

async function findLocalToken(tokenHash: string): Promise<LocalToken | undefined> {
  const { db } = useStorage()
  const [current] = await db
    .select({ id: setOfBooks.id, tokenHash: setOfBooks.tokenHash })
    .from(setOfBooks)
    .where(eq(setOfBooks.tokenHash, tokenHash))
  if (current && isSameHash(current.tokenHash, tokenHash))
    return { setOfBookId: current.id, tokenHash, goodUntil: Infinity }
  const [old] = await db.select().from(replacedTokens).where(eq(replacedTokens.tokenHash, tokenHash))
  return old && isSameHash(old.tokenHash, tokenHash)
    ? { setOfBookId: old.setOfBookId, tokenHash, goodUntil: old.goodUntil }
    : undefined
}

async function rememberLocalToken(tokenHash: string): Promise<LocalToken | undefined> {
  const before = tokenChanges
  const found = await findLocalToken(tokenHash)
  // One that was replaced while it was looked for must not be remembered.
  if (!found || before !== tokenChanges) return found
  if (localTokens.size >= MAX_REMEMBERED_TOKENS) localTokens.clear()
  localTokens.set(tokenHash, found)
  return found
}

const stillGood = (found: LocalToken | undefined, now: number) => (found && now < found.goodUntil ? found : undefined)

/**
 * The local token, if it is good, and the account set that it belongs to. Asked for each message, so good ones are
 * remembered, and given without a promise. Another node may replace one meanwhile: `isGoodToken` knows.
 */
export function findByLocalToken(token: string, now: number): LocalToken | undefined | Promise<LocalToken | undefined> {
  const tokenHash = hashToken(token)
  const known = localTokens.get(tokenHash)
  return known ? stillGood(known, now) : rememberLocalToken(tokenHash).then((found) => stillGood(found, now))
}

/** Whether a cached local token is still valid; an invalid one leaves the cache. */
export async function isGoodToken(tx: Tx, setOfBookId: number, tokenHash: string): Promise<boolean> {
  const current = and(eq(setOfBooks.id, setOfBookId), eq(setOfBooks.tokenHash, tokenHash))
  const replaced = and(eq(replacedTokens.setOfBookId, setOfBookId), eq(replacedTokens.tokenHash, tokenHash))
  const [found] = await tx.select({ id: setOfBooks.id }).from(setOfBooks).where(current)
  const [old] = found
    ? [found]
    : await tx.select({ id: replacedTokens.setOfBookId }).from(replacedTokens).where(replaced)
  if (!old) localTokens.delete(tokenHash)
  return old !== undefined
}

/**
 * Gives the account set a fresh local token. The old one stays good for `overlapHours`; with 0 it and all earlier ones
 * are refused from then on.
 */
export async function replaceLocalToken(
  id: number,
  overlapHours: number,
  by: Actor,
  now: number,
): Promise<{ set: SetOfBookRecord; oldGoodUntil: number | null }> {
  const { write, secretKey } = useStorage()
  const token = newToken()
  const oldGoodUntil = overlapHours > 0 ? now + overlapHours * HOUR : null
  const row = await write(async (tx) => {
    const { setOfBook, tokenHash } = (await lockRow(tx, id))!
    if (oldGoodUntil === null) await tx.delete(replacedTokens).where(eq(replacedTokens.setOfBookId, id))
    else await tx.insert(replacedTokens).values({ tokenHash, setOfBookId: id, goodUntil: oldGoodUntil })
    await addAudit(tx, by, 'token_replaced', { after: { overlap_hours: overlapHours } })
    const [changed] = await tx
      .update(setOfBooks)
      .set({
        tokenSealed: seal(token, setOfBook, secretKey),
        tokenHash: hashToken(token),
        updatedAt: now,
        updatedUser: by.user,
      })
      .where(eq(setOfBooks.id, id))
      .returning()
    return changed!
  })
  localTokens.clear()
  tokenChanges++
  return { set: open(row), oldGoodUntil }
}

/** Deletes replaced tokens that have expired. Returns how many. */
export async function sweepReplacedTokens(now: number): Promise<number> {
  return useStorage().write(async (tx) => {
    const swept = await tx
      .delete(replacedTokens)
      .where(lte(replacedTokens.goodUntil, now))
      .returning({ id: replacedTokens.setOfBookId })
    return swept.length
  })
}
