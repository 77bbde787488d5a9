import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** Requests under way get this long to end; with what the storage needs after that, a stop takes less than 8 s. */
const GRACE = 4000
/** For so long new requests are still answered while others are under way: the health check tells of the stop. */
const LISTENING = 2000
const CHECK = 50

function countConnections(server: Server): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>()
  server.getConnections((error, count) => resolve(error ? 0 : count))
  return promise
}

/**
 * Lets the requests under way end, takes no more connections, and cuts off what is left after the grace. From here on
 * an answer is the last one of its connection.
 */
export async function closeServer(server: Server): Promise<void> {
  const begin = performance.now()
  const age = () => performance.now() - begin
  server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false
  })
  server.closeIdleConnections()
  while (age() < LISTENING && (await countConnections(server)) > 0) await sleep(CHECK)
  let closed = false
  server.close(() => {
    closed = true
  })
  for (; !closed && age() < GRACE; await sleep(CHECK)) {
    // A kept-alive connection counts as open until its client lets go of it.
    server.closeIdleConnections()
  }
  server.closeAllConnections()
}
