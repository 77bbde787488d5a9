import type { ServerResponse } from 'node:http'
import { useConfig } from './config.ts'
import { BodyTooLarge, DomainError, Unavailable } from './errors.ts'
import type { RequestContext } from './request-log.ts'

/** SQLite's codes for storage that does not take a write now: full, read-only, locked, failing. */
const STORAGE_FAILURE = /^SQLITE_(?:FULL|READONLY|BUSY|LOCKED|IOERR|CANTOPEN|CORRUPT|NOTADB|PERM)/

/** What a caller is told of an error: a DomainError is that already, anything else is ours to mend. */
export function toDomainError(cause: unknown): DomainError {
  if (cause instanceof DomainError) return cause
  if (STORAGE_FAILURE.test(String((cause as { code?: unknown } | undefined)?.code)))
    return new Unavailable('数据暂时写不进去（磁盘可能已满），请稍后再试或通知管理员', { cause })
  return new DomainError('程序内部出错，请稍后再试；一直这样请把请求号告诉管理员', { cause })
}

/** With the request's id where the log says more. */
function messageOf({ status, message }: DomainError, { requestId }: RequestContext): string {
  return status >= 500 ? `${message}（请求号 ${requestId}）` : message
}

/** Answers with the envelope of contract.md, section 1; the webhook's calls its `state` `status`. */
export function answerFailure(
  response: ServerResponse,
  context: RequestContext,
  failure: DomainError,
  state: 'state' | 'status',
) {
  context.failure = failure
  if (response.headersSent) return void response.destroy()
  const { legacyStatus } = useConfig()
  response.statusCode = legacyStatus ? 200 : failure.status
  // The envelope alone does not tell an ended session from any other failure, which the pages must know.
  if (legacyStatus) response.setHeader('x-status', failure.status)
  response.setHeader('content-type', 'application/json; charset=utf-8')
  for (const [name, value] of Object.entries(failure.headers)) response.setHeader(name, value)
  // The rest of such a body would be taken for the next request.
  if (failure instanceof BodyTooLarge) response.setHeader('connection', 'close')
  response.end(JSON.stringify({ [state]: 0, errmsg: messageOf(failure, context) }))
}
