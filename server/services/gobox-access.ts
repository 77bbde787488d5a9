import { setTimeout as sleep } from 'node:timers/promises'
import { withLease } from '../cluster/leases.ts'
import { AccessTokenLapsed, getAccessToken } from '../connectors/gobox.ts'
import { isAbandoned, mayHaveOthers } from '../repositories/nodes.ts'
import {
  claimRenewal,
  noteGoboxRefusal,
  releaseRenewal,
  saveAccessToken,
  type GoboxCredentials,
} from '../repositories/gobox-credentials.ts'
import { getSetOfBook, type SetOfBookRecord } from '../repositories/set-of-books.ts'
import { NotFound, Refused } from '../errors.ts'

/** An access token is used until this long before it expires, so that it does not end under a call. */
const MARGIN = 60_000

/** Why nothing can be asked of goBox for an account set that has no credentials. */
export const credentialsMissing = () =>
  new Refused(
    '还没有设置 goBox 的用户名和密钥，请到“设置 › 对接”里填写；它们在货柜供应商的客服或管 goBox 账号的同事那里',
    { code: 'credentials_missing' },
  )

/** Gets an access token for the credentials. Throws Refused if goBox does not take them. */
export async function requestAccessToken(
  userName: string,
  appKey: string,
): Promise<Pick<GoboxCredentials, 'accessToken' | 'tokenCreatedAt' | 'expiredAt'>> {
  const tokenCreatedAt = Date.now()
  const { accessToken, expires } = await getAccessToken(userName, appKey)
  return { accessToken, tokenCreatedAt, expiredAt: tokenCreatedAt + expires * 1000 }
}

/** Milliseconds between two looks at a renewal that another node makes. */
const LOOK = 200
/** Whether it was goBox itself that said no. */
const goboxAnswered = ({ code }: Refused) => code === 'upstream_refuses' || code === 'credentials_refused'

const renewals = new Map<string, Promise<string>>()

/** Renews the access token, or waits for the node that does. */
async function renewOnce(set: SetOfBookRecord, userName: string, appKey: string): Promise<string> {
  return withLease(async (lease) => {
    while (mayHaveOthers() && !(await claimRenewal(set, lease, isAbandoned))) {
      const current = await getSetOfBook(set.id)
      if (current?.accessToken && current.accessToken !== set.accessToken) return current.accessToken
      await sleep(LOOK)
    }
    try {
      const renewed = await requestAccessToken(userName, appKey)
      await saveAccessToken(set, renewed)
      return renewed.accessToken
    } finally {
      if (mayHaveOthers()) await releaseRenewal(set.id, lease)
    }
  })
}

/** One renewal at a time for an account set's credentials; concurrent callers share its result. */
function renew(set: SetOfBookRecord, userName: string, appKey: string): Promise<string> {
  const key = JSON.stringify([set.id, userName, appKey])
  let renewal = renewals.get(key)
  if (!renewal) {
    renewal = renewOnce(set, userName, appKey)
      .catch(async (error: unknown) => {
        if (error instanceof Refused && goboxAnswered(error)) await noteGoboxRefusal(set, error, Date.now())
        throw error
      })
      .finally(() => renewals.delete(key))
    renewals.set(key, renewal)
  }
  return renewal
}

/**
 * Runs `call` with the account set's goBox access token, renewed when it is about to expire, and once more with a new
 * one if goBox says that it has lapsed. Throws Refused when no credentials are set, else what `call` throws.
 */
export async function withAccessToken<T>(
  setOfBookId: number,
  call: (accessToken: string, appKey: string) => Promise<T>,
): Promise<T> {
  const set = await getSetOfBook(setOfBookId)
  if (!set) throw new NotFound('没有这个账套，请检查地址和账套名', { code: 'set_of_book_not_found' })
  const { appKey, userName, accessToken, expiredAt } = set
  if (!appKey || !userName) throw credentialsMissing()
  const token = accessToken && expiredAt! - MARGIN > Date.now() ? accessToken : await renew(set, userName, appKey)
  try {
    return await call(token, appKey)
  } catch (error) {
    if (!(error instanceof AccessTokenLapsed)) throw error
    const current = await getSetOfBook(setOfBookId)
    // Somebody else may have renewed it while this call was under way.
    const renewed =
      current?.accessToken && current.accessToken !== token ? current.accessToken : await renew(set, userName, appKey)
    return call(renewed, appKey)
  }
}
