import { defineEventHandler } from 'h3'
import { isApiPath } from '../http/api-path.ts'
import { takePlace } from '../http/places.ts'
import { authenticateStaff, refuseCrossSite } from '../auth/authenticate.ts'
import { MethodNotAllowed, NotFound } from '../errors.ts'

/**
 * The only routes that answer without a session: the webhook (which checks its own token), the log-in, the
 * description of the API and the two health checks.
 */
const OPEN_ROUTES = [
  { path: '/api/create_order' },
  { path: '/api/health' },
  { path: '/api/health/live' },
  { path: '/api/openapi.json', method: 'GET' },
  { path: '/api/access_token', method: 'GET', sameSite: true },
]

/** A page's path; `//host/…` and the absolute form `http://host/…` are none. */
const PAGE_PATH = /^\/(?![/\\])/
const PAGE_METHODS = ['GET', 'HEAD']

export default defineEventHandler(async (event) => {
  const path = event.path.split('?', 1)[0]!
  // It answers in plain text, also when it refuses.
  if (path === '/metrics') return
  if (!isApiPath(path)) {
    if (!PAGE_PATH.test(path)) throw new NotFound('没有这个页面，请检查地址', { code: 'page_not_found' })
    if (!PAGE_METHODS.includes(event.method)) throw new MethodNotAllowed(PAGE_METHODS)
    return
  }
  // As it was sent: h3 decodes `%3f` into a question mark, behind which anything could stand.
  const sent = event.node.req.originalUrl!.split('?', 1)[0]
  const open = OPEN_ROUTES.find(
    (route) => route.path === path && route.path === sent && (route.method ?? event.method) === event.method,
  )
  if (!open) {
    const session = await authenticateStaff(event.node.req)
    event.context.session = session
    event.node.res.once('close', takePlace('request', session.id))
  }
  if (!open || open.sameSite) refuseCrossSite(event)
  // No route takes such a path, so the page would answer it.
  if (!/^\/api\/./.test(path)) throw new NotFound('没有这个接口，请检查地址', { code: 'route_not_found' })
})
