import { defineEventHandler } from 'h3'
import { MethodNotAllowed, NotFound } from '../errors.ts'
import { methodsOf } from '../http/known-routes.ts'
import { readQuery } from '../http/request.ts'

/** What no other route has taken: another method of a path that there is, or no such path. */
export default defineEventHandler((event) => {
  const path = event.path.split('?', 1)[0]!
  const allow = methodsOf(path)
  if (allow.length > 0) throw new MethodNotAllowed(allow)
  // Invalid input comes before what is not there (docs/api.md, Conventions).
  readQuery(event.path)
  throw new NotFound('没有这个接口，请检查地址', { code: 'route_not_found' })
})
