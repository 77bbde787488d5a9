import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Socket } from 'node:net'
import { plainAddress } from './client-address.ts'

/** Times in milliseconds. Node looks for what is overdue every `checkEvery`. */
const DEFAULTS = {
  headersTimeout: 10_000,
  /** For a whole request: 1 MiB in a minute is 17 kB/s. */
  requestTimeout: 60_000,
  /** Without a byte in either direction; an import may keep its caller waiting for many steps of C8. */
  idleTimeout: 600_000,
  checkEvery: 2000,
  /** How long the rest of a body that nobody wants is read, so that the client gets to read the answer. */
  discard: 2000,
  maxConnections: 2000,
  /** A single address cannot take all the places. */
  maxPerAddress: 500,
  /** Addresses that speak for many, to which `maxPerAddress` does not apply. */
  exempt: new Set<string>() as ReadonlySet<string>,
}

type Limits = typeof DEFAULTS

const JSON_TYPE = 'application/json; charset=utf-8'

const REFUSALS: Record<string, [status: string, errmsg: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', '请求发送得太慢，请检查网络后重试'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', '请求头太大，请减少后重试'],
}
const MALFORMED: [string, string] = ['400 Bad Request', '不是有效的 HTTP 请求，请检查客户端']

/** Answers what Node cannot read as a request in the envelope, too; the socket is closed after it. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex) {
  const answering = (socket as Duplex & { _httpMessage?: ServerResponse })._httpMessage
  if (error.code === 'ECONNRESET' || !socket.writable || answering?.headersSent) return void socket.destroy()
  const [status, errmsg] = REFUSALS[error.code ?? ''] ?? MALFORMED
  const body = JSON.stringify({ state: 0, errmsg })
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: ${JSON_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
  setTimeout(() => socket.destroy(), 1000).unref()
}

/** A request that was answered before its body had come (no token, too large, not wanted) is not read on for long. */
function boundRest(discard: number) {
  return function (this: ServerResponse) {
    const request = this.req
    if (request.complete) return
    setTimeout(() => {
      if (!request.complete) request.socket.destroy()
    }, discard).unref()
  }
}

const NO_HOST = JSON.stringify({ state: 0, errmsg: MALFORMED[1] })
const HOST = /^[\w.-]*(?:\[[\da-f:.]+\])?(?::\d{1,5})?$/i

/** Whether a URL can be made of the request's host, as libraries do who take it for good. What a proxy says of it is nothing to us. */
function hasSaneHost({ headers }: IncomingMessage): boolean {
  // Only if it is there: an object that has lost a property is slow from then on.
  if (headers['x-forwarded-host'] !== undefined) delete headers['x-forwarded-host']
  return HOST.test(headers.host ?? '')
}

function limitPerAddress(server: Server, { maxPerAddress, exempt }: Limits) {
  const open = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? '')
    if (exempt.has(address)) return
    const count = (open.get(address) ?? 0) + 1
    if (count > maxPerAddress) return void socket.destroy()
    open.set(address, count)
    socket.once('close', () => {
      const left = open.get(address)! - 1
      if (left > 0) open.set(address, left)
      else open.delete(address)
    })
  })
}

/** An HTTP server that neither slow nor numerous clients can keep from the others. */
export function createLimitedServer(listener: RequestListener, given: Partial<Limits> = {}): Server {
  const limits = { ...DEFAULTS, ...given }
  const { headersTimeout, requestTimeout, checkEvery: connectionsCheckingInterval } = limits
  // One listener for all answers: making and removing one for each would be felt.
  const onFinish = boundRest(limits.discard)
  const server = createServer({ headersTimeout, requestTimeout, connectionsCheckingInterval }, (request, response) => {
    response.on('finish', onFinish)
    if (hasSaneHost(request)) listener(request, response)
    else
      response.writeHead(400, { 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(NO_HOST) }).end(NO_HOST)
  })
  server.maxConnections = limits.maxConnections
  server.timeout = limits.idleTimeout
  server.on('clientError', refuseUnreadable)
  limitPerAddress(server, limits)
  return server
}
