/// <reference path="./api-routes.d.ts" />
import routes from '#api-routes'

/** Each route's path as the router writes it and as a pattern: `/api/devices/:id` matches `/api/devices/7`. */
const known = routes.map(({ route, method }) => ({
  route,
  pattern: new RegExp(`^${route.replace(/:\w+/g, '[^/]+')}/?$`),
  method: method.toUpperCase(),
}))

/** The methods that this path of the API takes; none where there is no such path. */
export function methodsOf(path: string): string[] {
  return known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
}

/** The route for this path, as the router writes it, whatever the method. */
export function routeOf(path: string): string | undefined {
  return known.find(({ pattern }) => pattern.test(path))?.route
}
