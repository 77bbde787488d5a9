import type { IncomingMessage, ServerResponse } from 'node:http'
import { receiveMessage } from './services/receive-order.ts'
import { authenticateWebhook } from './utils/authenticate.ts'
import { answerFailure, toDomainError } from './utils/failure.ts'
import { readQuery, takeBody } from './utils/request.ts'
import { logRequest, newRequestId, type RequestContext } from './utils/request-log.ts'
import { apiHeaders, applyHeaders } from './utils/security-headers.ts'

const PATH = '/api/create_order'
const SUCCESS = '{"status":1}'

/** Whether the address is the webhook's, as it is spelled. */
export function isWebhookPath(url: string): boolean {
  return url.startsWith(PATH) && (url.length === PATH.length || url[PATH.length] === '?')
}

/** Checks and stores goBox's message. Throws Unauthorized, TooMany, Invalid and what else refuses a message. */
export async function takeMessage(request: IncomingMessage, url: string, context: RequestContext): Promise<void> {
  context.webhookSetOfBookId = authenticateWebhook(request)
  const query = readQuery(url)
  const { body, refusal } = await takeBody(request)
  await receiveMessage(context.webhookSetOfBookId, { query, body, refusal })
}

/**
 * Answers `POST /api/create_order` in front of the framework, whose router and hooks cost more than storing the order. The route of
 * the same name serves development.
 */
export async function answerWebhook(request: IncomingMessage, response: ServerResponse) {
  const begin = performance.now()
  const url = request.url!
  const context: RequestContext = { requestId: newRequestId() }
  const headers = apiHeaders(request, context.requestId)
  try {
    await takeMessage(request, url, context)
    response
      .writeHead(200, [...headers, 'content-type', 'application/json', 'content-length', String(SUCCESS.length)])
      .end(SUCCESS, 'latin1')
  } catch (error) {
    applyHeaders(response, headers)
    answerFailure(response, context, toDomainError(error), 'status')
  }
  logRequest(request, response, context, url, begin)
}
