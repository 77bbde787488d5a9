import type { H3Error, H3Event } from 'h3'
import { DomainError, Invalid, NotFound } from './errors.ts'
import { answerFailure, stateOf, toDomainError } from './http/answer-failure.ts'

/** What h3 itself throws for a request that it cannot take has a status of its own. */
function ofH3(error: H3Error): DomainError {
  if (error instanceof DomainError) return error
  const { unhandled, statusCode, cause = error } = error
  if (!unhandled && statusCode === 404)
    return new NotFound('没有这个页面，请检查地址', { code: 'page_not_found', cause })
  if (!unhandled && statusCode >= 400 && statusCode < 500)
    return new Invalid('请求有误，请检查地址和参数', { code: 'bad_request', cause })
  return toDomainError(cause)
}

/** Turns whatever a route threw into the envelope (docs/api.md, Conventions). */
export default function handleError(error: H3Error, event: H3Event) {
  answerFailure(event.node.res, event.context, ofH3(error), stateOf(event.path))
}
