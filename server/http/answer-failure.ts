import type { ServerResponse } from 'node:http'
import type { ErrorCode, ErrorParams } from '#shared/error-codes'
import { useConfig } from '../config.ts'
import { BodyTooLarge, DomainError, Unavailable } from '../errors.ts'
import { isDamaged, isStorageFailure } from '../storage/failure.ts'
import { isWebhookPath } from './api-path.ts'
import type { RequestContext } from './request-log.ts'

/** Maps an error to the one that the caller sees: a DomainError as it is, anything else as a failure of ours. */
export function toDomainError(cause: unknown): DomainError {
  if (cause instanceof DomainError) return cause
  if (isDamaged(cause))
    return new Unavailable('数据库已损坏，请通知管理员停掉 goBox，从备份恢复', {
      code: 'database_damaged',
      cause,
    })
  if (isStorageFailure(cause))
    return new Unavailable('数据暂时写不进去（磁盘可能已满），请稍后再试或通知管理员', {
      code: 'storage_unavailable',
      cause,
    })
  return new DomainError('程序内部出错，请稍后再试；一直这样请把请求号告诉管理员', { code: 'internal', cause })
}

/** The failure in the envelope, with the request id if the log has details. */
function describe({ status, message, code, params }: DomainError, { requestId }: RequestContext) {
  return status >= 500
    ? { errmsg: `${message}（请求号 ${requestId}）`, code, params: { ...params, request_id: requestId } }
    : { errmsg: message, code, params }
}

/** Whether an answer reports success as `state` or, for goBox's messages, as `status`. */
type StateName = 'state' | 'status'

/** What an answer to this address calls its success or failure: goBox's messages have a name of their own for it. */
export function stateOf(url: string): StateName {
  return isWebhookPath(url) ? 'status' : 'state'
}

/** The envelope of a failure. Old front ends read the webhook's `state`, too, as an earlier server had it. */
export function failureText(failure: { errmsg: string; code: ErrorCode; params?: ErrorParams }, state: StateName) {
  const old = state === 'status' && useConfig().legacyStatus ? { state: 0 } : {}
  return JSON.stringify({ [state]: 0, ...old, ...failure })
}

/** Answers with the envelope (docs/api.md, Conventions); the webhook's has `status` in place of `state`. */
export function answerFailure(
  response: ServerResponse,
  context: RequestContext,
  failure: DomainError,
  state: StateName,
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
  response.end(failureText(describe(failure, context), state))
}
