import type { H3Error, H3Event } from 'h3'
import { useConfig } from './utils/config'
import { BodyTooLarge, DomainError, Invalid, NotFound, Unavailable } from './utils/errors'

/** SQLite's codes for storage that does not take a write now: full, read-only, locked, failing. */
const STORAGE_FAILURE = /^SQLITE_(?:FULL|READONLY|BUSY|LOCKED|IOERR|CANTOPEN|CORRUPT|NOTADB|PERM)/

function toDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error
  const { unhandled, statusCode, cause = error } = error as H3Error
  if (!unhandled && statusCode === 404) return new NotFound('没有这个页面，请检查地址', { cause })
  if (!unhandled && statusCode >= 400 && statusCode < 500) return new Invalid('请求有误，请检查地址和参数', { cause })
  if (STORAGE_FAILURE.test(String((cause as { code?: unknown }).code))) return new Unavailable('数据暂时写不进去（磁盘可能已满），请稍后再试或通知管理员', { cause })
  return new DomainError('程序内部出错，请稍后再试；一直这样请把请求号告诉管理员', { cause })
}

/** With the request's id where the log says more. */
function messageOf({ status, message }: DomainError, { context }: H3Event): string {
  return status >= 500 ? `${message}（请求号 ${context.requestId}）` : message
}

/** Turns whatever a route threw into the envelope of contract.md, section 1. */
export default function handleError(error: H3Error, event: H3Event) {
  const failure = toDomainError(error)
  event.context.failure = failure
  const response = event.node.res
  if (response.headersSent) return void response.destroy()
  const isWebhook = event.path.split('?', 1)[0] === '/api/create_order'
  response.statusCode = useConfig().legacyStatus ? 200 : failure.status
  // The envelope alone does not tell an ended session from any other failure, which the pages must know.
  if (useConfig().legacyStatus) response.setHeader('x-status', failure.status)
  response.setHeader('content-type', 'application/json; charset=utf-8')
  for (const [name, value] of Object.entries(failure.headers)) response.setHeader(name, value)
  // The rest of such a body would be taken for the next request.
  if (failure instanceof BodyTooLarge) response.setHeader('connection', 'close')
  response.end(JSON.stringify({ [isWebhook ? 'status' : 'state']: 0, errmsg: messageOf(failure, event) }))
}
