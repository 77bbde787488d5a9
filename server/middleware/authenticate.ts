import { defineEventHandler } from 'h3'
import { isApiPath } from '../utils/api-path.ts'
import { authenticateStaff, refuseCrossSite } from '../utils/authenticate.ts'
import { MethodNotAllowed, NotFound } from '../utils/errors.ts'

/** The only routes that answer without a session: the webhook (which checks its own token), the log-in and the health check. */
const OPEN_ROUTES = [
  { path: '/api/create_order' },
  { path: '/api/health' },
  { path: '/api/access_token', method: 'GET', sameSite: true },
]

/** A page's path; `//host/…` and the absolute form `http://host/…` are none. */
const PAGE_PATH = /^\/(?![/\\])/
const PAGE_METHODS = ['GET', 'HEAD']

export default defineEventHandler(async (event) => {
  const path = event.path.split('?', 1)[0]!
  if (!isApiPath(path)) {
    if (!PAGE_PATH.test(path)) throw new NotFound('没有这个页面，请检查地址')
    if (!PAGE_METHODS.includes(event.method)) throw new MethodNotAllowed(PAGE_METHODS)
    return
  }
  // As it was sent: h3 decodes `%3f` into a question mark, behind which anything could stand.
  const sent = event.node.req.originalUrl!.split('?', 1)[0]
  const open = OPEN_ROUTES.find(
    (route) => route.path === path && route.path === sent && (route.method ?? event.method) === event.method,
  )
  if (!open) event.context.session = await authenticateStaff(event.node.req)
  if (!open || open.sameSite) refuseCrossSite(event)
  // No route takes such a path, so the page would answer it.
  if (!/^\/api\/./.test(path)) throw new NotFound('没有这个接口，请检查地址')
})
