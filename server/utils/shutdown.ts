import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** Requests under way get this long to end; with what the storage needs after that, a stop takes less than 8 s. */
const GRACE = 4000
const CHECK = 50

/** Takes no more connections, lets the requests under way end, and cuts off what is left after the grace. */
export async function closeServer(server: Server): Promise<void> {
  let closed = false
  server.close(() => {
    closed = true
  })
  for (const begin = performance.now(); !closed && performance.now() - begin < GRACE; await sleep(CHECK)) {
    // A kept-alive connection counts as open until its client lets go of it.
    server.closeIdleConnections()
  }
  server.closeAllConnections()
}
