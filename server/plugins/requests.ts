import { randomBytes } from 'node:crypto'
import type { H3Event } from 'h3'
import { defineNitroPlugin } from 'nitropack/runtime'
import { clientAddress } from '../utils/client-address'
import type { DomainError } from '../utils/errors'
import { log } from '../utils/log'
import { setSecurityHeaders } from '../utils/security-headers'

const prefix = randomBytes(4).toString('hex')
let count = 0

const ACTION = /[?&]action=(get_orders|trade_view|import|init_order)(?:&|$)/
const MAX_PATH = 200

/** A path for the log: without the query, and without what is long enough to be somebody's token. */
function plainPath(url: string): string {
  return url.split('?', 1)[0]!.slice(0, MAX_PATH).replace(/[^/]{33,}/g, '…')
}

/** Writes the request's line: who asked for what, and what came of it. No header, no query but the name of the action. */
function writeLine(event: H3Event, url: string, begin: number) {
  const { req: request, res: response } = event.node
  const { requestId, session, webhookSetOfBookId, failure } = event.context
  const status = response.statusCode
  const line = {
    id: requestId, method: event.method, path: plainPath(url), action: ACTION.exec(url)?.[1], status: response.writableFinished ? status : `${status} aborted`,
    ms: Math.round((performance.now() - begin) * 10) / 10, address: clientAddress(request),
    set: session?.setOfBookId ?? webhookSetOfBookId, user: session?.userName,
    errmsg: failure && failure.status >= 422 ? failure.message : undefined,
  }
  if (failure && failure.status >= 500) log.error({ ...line, err: failure.cause ?? failure }, 'request')
  else log.info(line, 'request')
}

/** Gives each request an id, the answer its protective headers, and the log its line. */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('request', (event) => {
    const begin = performance.now()
    // h3 rewrites it on the way.
    const { url = '' } = event.node.req
    event.context.requestId = `${prefix}-${(++count).toString(36)}`
    event.node.res.setHeader('x-request-id', event.context.requestId)
    setSecurityHeaders(event)
    event.node.res.once('close', () => writeLine(event, url, begin))
  })
})

declare module 'h3' {
  interface H3EventContext {
    /** Names the request in the log, in `X-Request-Id` and in the message of a 5xx. */
    requestId: string
    /** What the request failed with. */
    failure?: DomainError
  }
}
