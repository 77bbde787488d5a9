import type { H3Error, H3Event } from 'h3'
import { useConfig } from './utils/config'
import { BodyTooLarge, DomainError, Unavailable } from './utils/errors'

/** SQLite's codes for storage that does not take a write now: full, read-only, locked, failing. */
const STORAGE_FAILURE = /^SQLITE_(?:FULL|READONLY|BUSY|LOCKED|IOERR|CANTOPEN|CORRUPT|NOTADB|PERM)/

function toDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error
  const cause = (error as H3Error).cause ?? error
  if (STORAGE_FAILURE.test(String((cause as { code?: unknown }).code))) return new Unavailable('数据暂时写不进去（磁盘可能已满），请稍后再试或通知管理员', { cause })
  return new DomainError('程序内部出错，请稍后再试；一直这样请把时间告诉管理员', { cause })
}

/** Turns whatever a route threw into the envelope of contract.md, section 1. */
export default function handleError(error: H3Error, event: H3Event) {
  const failure = toDomainError(error)
  if (failure.status === 500) console.error(failure.cause)
  const response = event.node.res
  if (response.headersSent) return void response.destroy()
  const isWebhook = event.path.split('?', 1)[0] === '/api/create_order'
  response.statusCode = useConfig().legacyStatus ? 200 : failure.status
  response.setHeader('content-type', 'application/json; charset=utf-8')
  for (const [name, value] of Object.entries(failure.headers)) response.setHeader(name, value)
  // The rest of such a body would be taken for the next request.
  if (failure instanceof BodyTooLarge) response.setHeader('connection', 'close')
  response.end(JSON.stringify({ [isWebhook ? 'status' : 'state']: 0, errmsg: failure.message }))
}
