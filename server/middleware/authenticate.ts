import { defineEventHandler } from 'h3'
import { authenticateStaff } from '../utils/authenticate'
import { NotFound } from '../utils/errors'

/** The only routes that answer without a session: the webhook (which checks its own token), the log-in and the health check. */
const OPEN_ROUTES = [
  { path: '/api/create_order' },
  { path: '/api/health' },
  { path: '/api/access_token', method: 'GET' },
]

/** Everything that could be taken for an API path by any router: `/API/…`, `//api/…`, `/%61pi/…`. */
function isApiPath(path: string): boolean {
  let decoded = path
  try {
    decoded = decodeURIComponent(path)
  }
  catch {
    // What cannot be decoded is judged as it stands.
  }
  return /^[/\\]*api(?:$|[^\w-])/i.test(decoded)
}

export default defineEventHandler(async (event) => {
  const path = event.path.split('?', 1)[0]!
  if (!isApiPath(path)) return
  if (OPEN_ROUTES.some(route => route.path === path && (route.method ?? event.method) === event.method)) return
  event.context.session = await authenticateStaff(event)
  // No route takes such a path, so the page would answer it.
  if (!/^\/api\/./.test(path)) throw new NotFound('没有这个接口，请检查地址')
})
