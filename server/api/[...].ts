/// <reference path="../db/virtual.d.ts" />
import routes from '#api-routes'
import { defineEventHandler } from 'h3'
import { MethodNotAllowed, NotFound } from '../utils/errors.ts'

/** The route's path as a pattern: `/api/devices/:id` matches `/api/devices/7`. */
const known = routes.map(({ route, method }) => ({
  pattern: new RegExp(`^${route.replace(/:\w+/g, '[^/]+')}/?$`),
  method: method.toUpperCase(),
}))

/** What no other route has taken: another method of a path that there is, or no such path. */
export default defineEventHandler((event) => {
  const path = event.path.split('?', 1)[0]!
  const allow = known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
  throw allow.length > 0 ? new MethodNotAllowed(allow) : new NotFound('没有这个接口，请检查地址')
})
