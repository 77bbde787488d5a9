import { and, eq } from 'drizzle-orm'
import { setOfBooks } from '#drizzle/schema/account-sets'
import type { Reason } from '#shared/error-codes'
import { useStorage } from '../storage/engine.ts'
import { seal } from '../storage/seal.ts'
import { addAudit, type Actor } from './audit.ts'
import { type SetOfBookRecord, lockRow, open, getSetOfBook } from './set-of-books.ts'

/** goBox's credentials with the access token that they were checked with; times in milliseconds. */
export interface GoboxCredentials {
  appKey: string
  userName: string
  accessToken: string
  tokenCreatedAt: number
  expiredAt: number
}

const GOBOX_ACCEPTS = { goboxRefusedAt: null, goboxRefusal: null, goboxRefusalCode: null, goboxRefusalParams: null }

/** Records that goBox refuses the account set's credentials, unless they have changed meanwhile. */
export async function noteGoboxRefusal(
  set: SetOfBookRecord,
  { message, code, params }: Reason,
  now: number,
): Promise<void> {
  await useStorage().write(async (tx) => {
    const row = await lockRow(tx, set.id)
    if (!row || open(row).appKey !== set.appKey || row.userName !== set.userName) return
    await tx
      .update(setOfBooks)
      .set({
        goboxRefusedAt: row.goboxRefusedAt ?? now,
        goboxRefusal: message,
        goboxRefusalCode: code,
        goboxRefusalParams: params ?? null,
      })
      .where(eq(setOfBooks.id, set.id))
  })
}

/** Stores goBox's credentials together with the access token that proved them. */
export async function saveGoboxCredentials(
  set: SetOfBookRecord,
  credentials: GoboxCredentials,
  by: Actor,
  now: number,
): Promise<SetOfBookRecord> {
  const { write, secretKey } = useStorage()
  const { appKey, accessToken, ...rest } = credentials
  const row = await write(async (tx) => {
    const secrets = appKey === set.appKey ? {} : { app_key: '已更换' }
    await addAudit(tx, by, 'settings_changed', {
      before: { user_name: set.userName },
      after: { user_name: rest.userName, ...secrets },
    })
    const [changed] = await tx
      .update(setOfBooks)
      .set({
        ...rest,
        ...GOBOX_ACCEPTS,
        appKeySealed: seal(appKey, set.setOfBook, secretKey),
        accessTokenSealed: seal(accessToken, set.setOfBook, secretKey),
        updatedAt: now,
        updatedUser: by.user,
      })
      .where(eq(setOfBooks.id, set.id))
      .returning()
    return changed!
  })
  return open(row)
}

/**
 * Takes on the renewal of the account set's goBox access token, unless somebody has renewed it since `set` was read, or
 * is at it: a lease among `abandoned` holds no more. Resolves with whether the renewal is the caller's.
 */
export async function claimRenewal(
  set: SetOfBookRecord,
  lease: string,
  isAbandoned: (lease: string) => Promise<boolean>,
): Promise<boolean> {
  const holder = (await getSetOfBook(set.id))?.renewalLease ?? null
  if (holder !== null && !(await isAbandoned(holder))) return false
  return useStorage().write(async (tx) => {
    const row = await lockRow(tx, set.id)
    if (!row || row.renewalLease !== holder || open(row).accessToken !== set.accessToken) return false
    await tx.update(setOfBooks).set({ renewalLease: lease }).where(eq(setOfBooks.id, set.id))
    return true
  })
}

/** Releases the renewal lease. */
export async function releaseRenewal(id: number, lease: string): Promise<void> {
  await useStorage().write((tx) =>
    tx
      .update(setOfBooks)
      .set({ renewalLease: null })
      .where(and(eq(setOfBooks.id, id), eq(setOfBooks.renewalLease, lease))),
  )
}

/** Stores a renewed goBox access token, unless the credentials have changed meanwhile. */
export async function saveAccessToken(
  set: SetOfBookRecord,
  renewed: Pick<GoboxCredentials, 'accessToken' | 'tokenCreatedAt' | 'expiredAt'>,
): Promise<void> {
  const { write, secretKey } = useStorage()
  const { accessToken, ...times } = renewed
  await write(async (tx) => {
    const row = await lockRow(tx, set.id)
    if (!row || open(row).appKey !== set.appKey || row.userName !== set.userName) return
    await tx
      .update(setOfBooks)
      .set({ ...times, ...GOBOX_ACCEPTS, accessTokenSealed: seal(accessToken, set.setOfBook, secretKey) })
      .where(eq(setOfBooks.id, set.id))
  })
}
