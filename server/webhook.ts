import type { IncomingMessage, ServerResponse } from 'node:http'
import { useConfig } from './config.ts'
import { receiveMessage } from './services/receive-order.ts'
import { authenticateWebhook } from './auth/authenticate.ts'
import { answerFailure, toDomainError } from './http/answer-failure.ts'
import { noteGobox } from './http/connections.ts'
import { readQuery, takeBody } from './http/request.ts'
import { webhookMessages } from './metrics/families.ts'
import { logRequest, newRequestId, type RequestContext } from './http/request-log.ts'
import { apiHeaders, applyHeaders } from './http/security-headers.ts'

/** The answer to goBox once its order is on disk. Old front ends read `state` too, as an earlier server sent it. */
export function received() {
  return useConfig().legacyStatus ? { status: 1, state: 1 } : { status: 1 }
}

const outcomes = {
  created: webhookMessages.of('created'),
  updated: webhookMessages.of('updated'),
  unchanged: webhookMessages.of('unchanged'),
}
const rejected = webhookMessages.of('rejected')

let success: string | undefined

/** Checks and stores goBox's message. Throws Unauthorized, TooMany, Invalid and any other refusal. */
export async function takeMessage(request: IncomingMessage, url: string, context: RequestContext): Promise<void> {
  const caller = authenticateWebhook(request)
  const { setOfBookId, tokenHash } = caller instanceof Promise ? await caller : caller
  context.webhookSetOfBookId = setOfBookId
  noteGobox(request.socket)
  try {
    const query = readQuery(url)
    const { body, refusal } = await takeBody(request)
    outcomes[await receiveMessage(setOfBookId, { tokenHash, query, body, refusal })].add()
  } catch (error) {
    rejected.add()
    throw error
  }
}

/**
 * Answers `POST /api/create_order` in front of the framework, whose router and hooks cost more than storing the order.
 * The route of the same name serves development.
 */
export async function answerWebhook(request: IncomingMessage, response: ServerResponse) {
  const begin = performance.now()
  const url = request.url!
  const context: RequestContext = { requestId: newRequestId() }
  const headers = apiHeaders(request, context.requestId)
  try {
    await takeMessage(request, url, context)
    success ??= JSON.stringify(received())
    response
      .writeHead(200, [...headers, 'content-type', 'application/json', 'content-length', String(success.length)])
      .end(success, 'latin1')
  } catch (error) {
    applyHeaders(response, headers)
    answerFailure(response, context, toDomainError(error), 'status')
  }
  logRequest(request, response, context, url, begin)
}
