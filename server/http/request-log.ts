import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { H3EventContext } from 'h3'
import type { SessionRecord } from '../repositories/sessions.ts'
import { isWebhookPath, WEBHOOK } from './api-path.ts'
import { clientAddress } from './client-address.ts'
import type { DomainError } from '../errors.ts'
import { log, logRequestLine } from '../log/log.ts'
import { requests } from '../metrics/families.ts'

declare module 'h3' {
  interface H3EventContext {
    /** Names the request in the log, in `X-Request-Id` and in the message of a 5xx. */
    requestId: string
    /** Who is calling; set by the middleware for every route but the open ones. */
    session?: SessionRecord
    /** The account set whose local token the webhook was called with. */
    webhookSetOfBookId?: number
    /** What the request failed with. */
    failure?: DomainError
    /** The route that a request was meant for which was refused before the router saw it. */
    refusedRoute?: string
  }
}

/** What is known of a request by the time its line is written. */
export type RequestContext = Pick<
  H3EventContext,
  'requestId' | 'session' | 'webhookSetOfBookId' | 'failure' | 'matchedRoute' | 'refusedRoute'
>

const prefix = randomBytes(4).toString('hex')
let count = 0

/** A name for a request, of which there is no second. */
export function newRequestId(): string {
  return `${prefix}-${(++count).toString(36)}`
}

const ACTION = /[?&]action=(get_orders|trade_view|import|init_order)(?:&|$)/
const MAX_PATH = 200
/** Characters that may be a token. */
const TOKEN = 33
const LONG_PART = new RegExp(`[^/]{${TOKEN},}`, 'g')

/** A path for the log: without the query, and without what is long enough to be somebody's token. */
function plainPath(url: string): string {
  const path = url.split('?', 1)[0]!
  return path.length < TOKEN ? path : path.slice(0, MAX_PATH).replace(LONG_PART, '…')
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'])

const OK = 200
/** Looked up once: there are thousands a second. */
const storedMessages = requests.of(WEBHOOK, 'POST', String(OK))

/** Counts the request by its route as the files name it, of which there are few. */
function measure(
  { method = '' }: IncomingMessage,
  status: number,
  { matchedRoute, refusedRoute }: RequestContext,
  url: string,
  milliseconds: number,
) {
  if (status === OK && method === 'POST' && isWebhookPath(url)) return storedMessages.add(milliseconds / 1000)
  const path = matchedRoute?.path ?? refusedRoute ?? 'other'
  const route = isWebhookPath(url) ? WEBHOOK : path.replaceAll(/:(\w+)/g, '[$1]')
  requests.of(route, METHODS.has(method) ? method : 'other', String(status)).add(milliseconds / 1000)
}

/**
 * Writes the request's line: who asked for what, and what came of it. No header, no query but the name of the action.
 * `url` is as it was sent (h3 rewrites it on the way), `begin` of the process's own clock.
 */
export function logRequest(
  request: IncomingMessage,
  response: ServerResponse,
  context: RequestContext,
  url: string,
  begin: number,
) {
  const { requestId, session, webhookSetOfBookId, failure } = context
  const status = response.statusCode
  const milliseconds = performance.now() - begin
  measure(request, Number(response.getHeader('x-status') ?? status), context, url, milliseconds)
  const line = {
    id: requestId,
    method: request.method,
    path: plainPath(url),
    action: ACTION.exec(url)?.[1],
    status: response.destroyed && !response.writableFinished ? `${status} aborted` : status,
    ms: Math.round(milliseconds * 10) / 10,
    address: clientAddress(request),
    set: session?.setOfBookId ?? webhookSetOfBookId,
    user: session?.userName,
    errmsg: failure && failure.status >= 422 ? failure.message : undefined,
  }
  if (failure && failure.status >= 500) log.error({ ...line, err: failure.cause ?? failure }, 'request')
  else logRequestLine(line)
}
