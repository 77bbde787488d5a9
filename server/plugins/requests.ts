import { defineNitroPlugin } from 'nitropack/runtime'
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
    response.once('close', () => logRequest(request, response, event.context, url, begin))
  })
})
