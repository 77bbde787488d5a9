import { defineNitroPlugin } from 'nitropack/runtime'
import { routeOf } from '../http/known-routes.ts'
import { logRequest, newRequestId } from '../http/request-log.ts'
import { setSecurityHeaders } from '../http/security-headers.ts'

/** Gives each request an id, the answer its protective headers, and the log its line. */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('request', (event) => {
    const begin = performance.now()
    const { req: request, res: response } = event.node
    const { url = '' } = request
    event.context.requestId = newRequestId()
    setSecurityHeaders(event)
    response.once('close', () => {
      // What is refused before it gets to the router has not been matched.
      if (!event.context.matchedRoute) event.context.refusedRoute = routeOf(url.split('?', 1)[0]!)
      logRequest(request, response, event.context, url, begin)
    })
  })
})
