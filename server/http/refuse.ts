import type { IncomingMessage, ServerResponse } from 'node:http'
import type { DomainError } from '../errors.ts'
import { logRequest, newRequestId, type RequestContext } from './request-log.ts'
import { answerFailure, stateOf } from './answer-failure.ts'
import { apiHeaders, applyHeaders } from './security-headers.ts'

/** Answers a request with a failure, in front of the framework. */
export function refuse(request: IncomingMessage, response: ServerResponse, failure: DomainError) {
  const begin = performance.now()
  const context: RequestContext = { requestId: newRequestId() }
  applyHeaders(response, apiHeaders(request, context.requestId))
  answerFailure(response, context, failure, stateOf(request.url!))
  logRequest(request, response, context, request.url!, begin)
}
