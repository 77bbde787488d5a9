import { Invalid, Unavailable, type DomainError } from '../../errors.ts'

/** The server does not take writes any more, or is about to go: another may. */
const GONE = /^(?:08...|57P0[1-5]|25006)$/
/** The server is there but cannot do it now: out of resources, cancelled, locked. */
const BUSY = /^(?:53...|55P03|57014|58...|40...)$/
/** A character that PostgreSQL's text does not hold. */
const UNSTORABLE = /^(?:22021|22P05)$/

/** PostgreSQL's code for what went wrong, from the error or what caused it; `undefined`: the server did not answer. */
export function sqlState(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown }
    // System errors such as EPIPE have codes of that length, too.
    if ('severity' in cause && typeof code === 'string') return code
  }
  return undefined
}

/** Whether a connection, and so the server behind it, is not to be trusted any more after this error. */
export function isLost(error: unknown): boolean {
  const state = sqlState(error)
  return state === undefined || GONE.test(state)
}

/** Whether the same transaction may succeed when it is run again: it lost against another. */
export function isRetryable(error: unknown): boolean {
  return /^40(?:001|P01)$/.test(sqlState(error) ?? '')
}

/** Whether a unique key was taken. */
export function isDuplicate(error: unknown): boolean {
  return sqlState(error) === '23505'
}

export function unavailable(cause: unknown): DomainError {
  return new Unavailable('数据库现在不可用，请稍后再试；一直这样请通知管理员', { code: 'database_unavailable', cause })
}

/** Maps the driver's error to the app's. */
export function toFailure(error: unknown): unknown {
  const state = sqlState(error)
  if (state === undefined || GONE.test(state) || BUSY.test(state)) return unavailable(error)
  if (UNSTORABLE.test(state))
    return new Invalid('文字里有不能保存的字符，请去掉后重试', { code: 'text_unstorable', cause: error })
  return error
}
