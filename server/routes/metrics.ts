import { defineEventHandler, type H3Event } from 'h3'
import { authenticateMetrics } from '../auth/authenticate.ts'
import { useConfig } from '../config.ts'
import { type DomainError, MethodNotAllowed, NotFound } from '../errors.ts'
import { toDomainError } from '../http/answer-failure.ts'
import { describeRoute } from '../http/describe-route.ts'
import { readQuery } from '../http/request.ts'

const METHODS = ['GET', 'HEAD']

async function measure(event: H3Event) {
  const { metricsToken } = useConfig()
  if (metricsToken === undefined) throw new NotFound('没有这个页面，请检查地址', { code: 'page_not_found' })
  if (!METHODS.includes(event.method)) throw new MethodNotAllowed(METHODS)
  await authenticateMetrics(event.node.req, metricsToken)
  readQuery(event.path)
  // Loaded by the first who asks: most installations have nobody who does.
  const { exposeMetrics } = await import('../services/expose-metrics.ts')
  return exposeMetrics()
}

async function answer(event: H3Event) {
  const { res: response } = event.node
  response.setHeader('cache-control', 'no-store')
  response.setHeader('content-type', 'text/plain; charset=utf-8')
  try {
    const { type, text } = await measure(event)
    response.setHeader('content-type', type)
    return text
  } catch (error) {
    const failure: DomainError = toDomainError(error)
    event.context.failure = failure
    response.statusCode = failure.status
    for (const [name, value] of Object.entries(failure.headers)) response.setHeader(name, value)
    if (failure.status === 401) response.setHeader('www-authenticate', 'Bearer')
    return `${failure.message}\n`
  }
}

/** What Prometheus scrapes: plain text, also when it is refused. */
export default describeRoute(
  {
    none: {
      summary: 'Tells what is measured, in Prometheus’s text format; refusals are plain text, too',
      token: 'metrics',
      media: ['text/plain'],
      errors: ['404 page_not_found'],
    },
  },
  defineEventHandler(answer),
)
