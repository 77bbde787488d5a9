import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { DomainError } from '../errors.ts'
import { limitConnections, noteAnswer, noteRequest } from './connections.ts'
import { refuse } from './refuse.ts'
import { malformed, refuseConnect, refuseUnreadable } from './unreadable.ts'

/** Times in milliseconds. Node looks for what is overdue every `checkEvery`. */
const DEFAULTS = {
  headersTimeout: 10_000,
  /** For a whole request: 1 MiB in a minute is 17 kB/s. */
  requestTimeout: 60_000,
  /** Without a byte in either direction, such as an answer that nobody reads. Routes that wait for C8 ask for more. */
  idleTimeout: 60_000,
  checkEvery: 2000,
  /** How long the rest of a body that nobody wants is read, so that the client gets to read the answer. */
  discard: 2000,
  maxConnections: 2000,
  /** A single address cannot take all the places. */
  maxPerAddress: 500,
  /** Requests of one connection that wait for their answers. No browser sends the next one before it has the first. */
  maxPipelined: 50,
  /** Addresses that speak for many, to which `maxPerAddress` does not apply. */
  exempt: new Set<string>() as ReadonlySet<string>,
}

type Limits = typeof DEFAULTS

class ExpectationFailed extends DomainError {
  override readonly status = 417
}

/** When an answer is out: a request that was answered before its body had come is not read on for long. */
function endRequest(discard: number) {
  return function (this: ServerResponse) {
    const request = this.req
    noteAnswer(request.socket)
    if (request.complete) return
    setTimeout(() => {
      if (!request.complete) request.socket.destroy()
    }, discard).unref()
  }
}

const HOST = /^[\w.-]*(?:\[[\da-f:.]+\])?(?::\d{1,5})?$/i

/** How often the request names its host: Node shows the first, a proxy before it may have gone by another. */
function countHosts({ rawHeaders }: IncomingMessage): number {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!
    if (name.length === 4 && name.toLowerCase() === 'host') count++
  }
  return count
}

/**
 * Whether a URL can be made of the request's host, as libraries do who take it for good. What a proxy says of it is
 * nothing to us.
 */
function hasSaneHost(request: IncomingMessage): boolean {
  const { headers, httpVersionMinor } = request
  // Only if it is there: an object that has lost a property is slow from then on.
  if (headers['x-forwarded-host'] !== undefined) delete headers['x-forwarded-host']
  if (headers.host === undefined) return httpVersionMinor === 0
  return countHosts(request) === 1 && HOST.test(headers.host)
}

/** An HTTP server that neither slow nor numerous clients can keep from the others. */
export function createLimitedServer(listener: RequestListener, given: Partial<Limits> = {}): Server {
  const limits = { ...DEFAULTS, ...given }
  const { headersTimeout, requestTimeout, checkEvery: connectionsCheckingInterval } = limits
  // One listener for all answers: making and removing one for each would be felt.
  const onFinish = endRequest(limits.discard)
  const server = createServer(
    // Node's own answer to a missing host has no envelope.
    { headersTimeout, requestTimeout, connectionsCheckingInterval, requireHostHeader: false },
    (request, response) => {
      if (noteRequest(request.socket) > limits.maxPipelined) return void request.socket.destroy()
      response.on('finish', onFinish)
      if (hasSaneHost(request)) listener(request, response)
      else refuse(request, response, malformed())
    },
  )
  server.timeout = limits.idleTimeout
  server.on('clientError', refuseUnreadable)
  server.on('connect', refuseConnect)
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('connection', 'close')
    refuse(
      request,
      response,
      new ExpectationFailed('不支持这个 Expect 请求头，请去掉后重试', { code: 'expectation_failed' }),
    )
  })
  limitConnections(server, limits)
  return server
}
