import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { DomainError, Invalid, MethodNotAllowed } from '../errors.ts'
import { failureText, stateOf } from './answer-failure.ts'
import { API_HEADERS } from './security-headers.ts'
import { useConfig } from '../config.ts'

/* What Node cannot hand over as a request with an answer: it is told in the envelope, too, and the connection ends. */

class RequestTimeout extends DomainError {
  override readonly status = 408
}
class HeadersTooLarge extends DomainError {
  override readonly status = 431
}

const REASONS: Record<number, string> = {
  200: 'OK',
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}
/** Milliseconds for the client to read why, before the socket is closed for good. */
const LINGER = 1000
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE']

/** What a request is refused with that no HTTP client should send. */
export function malformed(): DomainError {
  return new Invalid('不是有效的 HTTP 请求，请检查客户端', { code: 'malformed_request' })
}

function describe(code: string | undefined): DomainError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new RequestTimeout('请求发送得太慢，请检查网络后重试', { code: 'request_timeout' })
  if (code === 'HPE_HEADER_OVERFLOW')
    return new HeadersTooLarge('请求头太大，请减少后重试', { code: 'headers_too_large' })
  return malformed()
}

function write(socket: Duplex, failure: DomainError, state: 'state' | 'status') {
  const body = failureText({ errmsg: failure.message, code: failure.code, params: failure.params }, state)
  const { legacyStatus } = useConfig()
  const status = legacyStatus ? 200 : failure.status
  const headers = [
    ...API_HEADERS,
    ...(legacyStatus ? ['x-status', String(failure.status)] : []),
    ...Object.entries(failure.headers).flat(),
    ...['connection', 'close', 'content-type', 'application/json; charset=utf-8'],
    ...['content-length', String(Buffer.byteLength(body))],
  ]
  const lines = headers.flatMap((name, index) => (index % 2 === 0 ? `${name}: ${headers[index + 1]}\r\n` : []))
  socket.end(`HTTP/1.1 ${status} ${REASONS[status]}\r\n${lines.join('')}\r\n${body}`)
  setTimeout(() => socket.destroy(), LINGER).unref()
}

const refused = new WeakSet<Duplex>()

/** Runs `then` when the whole requests that came before on the connection are answered. */
function afterAnswers(socket: Duplex, then: () => void) {
  const { _httpMessage: pending } = socket as Duplex & { _httpMessage?: ServerResponse }
  if (pending?.headersSent && !pending.req.complete) return void socket.destroy()
  if (!pending?.req.complete) return then()
  pending.once('close', () => setImmediate(() => afterAnswers(socket, then)))
}

/** Answers what Node cannot read as a request, after the good ones before it on the same connection. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex) {
  // Whatever comes after it is unreadable, too.
  if (refused.has(socket)) return
  refused.add(socket)
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  afterAnswers(socket, () => {
    if (socket.writable) write(socket, describe(error.code), 'state')
    else socket.destroy()
  })
}

/** Answers CONNECT, for which Node has no answer object: this is no proxy. */
export function refuseConnect({ url = '' }: IncomingMessage, socket: Duplex) {
  socket.on('error', () => undefined)
  write(socket, new MethodNotAllowed(METHODS), stateOf(url))
}
