/// <reference path="../http/api-routes.d.ts" />
import routes from '#api-routes'
import { defineEventHandler } from 'h3'
import { MethodNotAllowed, NotFound } from '../errors.ts'
import { readQuery } from '../http/request.ts'

/** The route's path as a pattern: `/api/devices/:id` matches `/api/devices/7`. */
const known = routes.map(({ route, method }) => ({
  pattern: new RegExp(`^${route.replace(/:\w+/g, '[^/]+')}/?$`),
  method: method.toUpperCase(),
}))

/** What no other route has taken: another method of a path that there is, or no such path. */
export default defineEventHandler((event) => {
  const path = event.path.split('?', 1)[0]!
  const allow = known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
  if (allow.length > 0) throw new MethodNotAllowed(allow)
  // Invalid input comes before what is not there (docs/api.md, Conventions).
  readQuery(event.path)
  throw new NotFound('没有这个接口，请检查地址', { code: 'route_not_found' })
})
