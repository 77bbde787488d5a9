import type { Reason } from '#shared/error-codes'
import type { LogIn } from '#shared/sessions'
import { getC8SetOfBook, getPermission, type C8Access } from '../connectors/c8.ts'
import { recordAudit } from '../repositories/audit.ts'
import { checkC8Origin, createSession } from '../repositories/sessions.ts'
import { findSetOfBook } from '../repositories/set-of-books.ts'
import { parseOrigin, useConfig } from '../config.ts'
import { Forbidden, invalidField, Refused } from '../errors.ts'
import { log } from '../log/log.ts'
import { FailureLimit } from '../limits/failure-limit.ts'
import { checkLookup } from './check-lookup.ts'

const HOUR_SECONDS = 3600

/** The origin of an allowed C8. Throws Forbidden for every other address; nothing has been sent then. */
function allowedOrigin(url: string): string {
  const origin = parseOrigin(url)
  if (!origin || !useConfig().c8Origins.has(origin))
    throw new Forbidden('不允许从这个 C8 地址登录，请管理员把它加入 NUXT_C8_ALLOWED_ORIGINS', {
      code: 'c8_origin_not_allowed',
    })
  return origin
}

/** If C8 rejects a token, so do we; a failing C8 stays an upstream failure. */
function refusalToForbidden(error: unknown): never {
  if (error instanceof Refused)
    throw new Forbidden('C8 不认可这次登录，请从 C8 重新打开 goBox', { code: 'c8_denies_log_in', cause: error })
  throw error
}

async function admit({ url, set_of_book: name, user_name: statedUser }: LogIn, c8Token: string, address: string) {
  const c8Origin = allowedOrigin(url)
  // As the last part of C8's address these would name another one.
  if (name === '.' || name === '..')
    throw new Forbidden('您在 C8 里看不到这个账套，请检查账套名或请管理员授权', { code: 'set_of_book_hidden' })
  const known = await findSetOfBook(name)
  if (known) checkC8Origin(known, c8Origin)
  const access: C8Access = { c8Origin, c8Token }
  const permission = await getPermission(access).catch(refusalToForbidden)
  if (!permission || permission.access_level <= 0)
    throw new Forbidden('您在 C8 里没有使用 goBox 的权限，请管理员授权', { code: 'c8_permission_missing' })
  const visible = await getC8SetOfBook(access, name).catch(refusalToForbidden)
  if (visible?.set_of_book !== name)
    throw new Forbidden('您在 C8 里看不到这个账套，请检查账套名或请管理员授权', { code: 'set_of_book_hidden' })
  const userName = permission.user_name || statedUser
  if (!userName) throw invalidField('user_name', '必填', { rule: 'required' })
  const accessLevel = permission.access_level
  const session = await createSession({ setOfBook: name, userName, accessLevel, ...access }, address, Date.now())
  // Neither waited for nor able to fail the log-in.
  void checkLookup(session.setOfBookId, access)
  return { ...session, accessLevel, userName, name: known?.name ?? null }
}

/** An attacker with many addresses could otherwise fill the disk with entries; the log has them all. */
const auditedFailures = new FailureLimit(20, { seconds: HOUR_SECONDS })

async function noteFailure(
  { set_of_book: name, user_name: user = '' }: LogIn,
  address: string,
  { message: reason, code, params }: Reason,
) {
  log.warn({ address, set_of_book: name, user, reason }, 'log-in failed')
  const set = await findSetOfBook(name)
  const key = set?.setOfBook ?? ''
  if ((await auditedFailures.look(key)).left <= 0) return
  await auditedFailures.add(key)
  await recordAudit({ setOfBookId: set?.id ?? null, user, address }, 'log_in_failed', { reason, code, params, name })
}

/**
 * Signs in the bearer of a C8 token: the address must be allowed, C8 must grant the permission and show the account
 * set, and the account set must belong to this C8; its row is made at the first success. Throws Forbidden,
 * UpstreamBroken, UpstreamTimeout.
 */
export async function signIn(input: LogIn, c8Token: string, address: string) {
  try {
    return await admit(input, c8Token, address)
  } catch (error) {
    if (error instanceof Forbidden) await noteFailure(input, address, error)
    throw error
  }
}
