import { getPermission } from '../connectors/c8.ts'
import { dropAutomationToken } from '../repositories/automations.ts'
import { deleteSession } from '../repositories/sessions.ts'
import { Refused, type SessionEnded, UpstreamBroken } from '../errors.ts'
import type { C8Session } from './c8-session.ts'

/** C8 has ended the session, and so it has ended here. */
export class LoggedOut extends Refused {}

/** Whether C8's own permission check denies the token, too. Throws UpstreamBroken when C8 does not say. */
async function isDenied(session: C8Session): Promise<boolean> {
  try {
    const permission = await getPermission(session)
    return permission === null || permission.access_level <= 0
  } catch (error) {
    if (error instanceof Refused) return true
    throw error
  }
}

/**
 * What a 401 or 403 of one of C8's steps means. C8 may refuse a single step to a token that is good: only where its
 * permission check denies the token, too, the session ends. Returns the error to go on with: LoggedOut, Refused, or
 * UpstreamBroken if C8 does not say.
 */
export async function judgeRefusal(session: C8Session, refusal: SessionEnded): Promise<Refused | UpstreamBroken> {
  const { id, setOfBookId, userName } = session
  try {
    if (!(await isDenied(session)))
      return new Refused('C8 不允许这一步，虽然登录仍然有效：请检查您在 C8 里的权限，或从 C8 重新登录', {
        code: 'c8_step_denied',
        cause: refusal,
      })
  } catch (error) {
    if (error instanceof UpstreamBroken) return error
    throw error
  }
  const by = { setOfBookId, user: userName, address: '' }
  await (id === null ? dropAutomationToken(setOfBookId, session.c8Token, by) : deleteSession(id, by, 'session_ended'))
  return new LoggedOut(refusal.message, { code: refusal.code, cause: refusal })
}
