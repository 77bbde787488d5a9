import type { RequestListener } from 'node:http'
import { TooMany } from '../errors.ts'
import { nextTurn } from '../turns.ts'
import { clientNetwork } from './client-address.ts'
import { refuse } from './refuse.ts'

/** Requests under way of others than goBox. In all fewer than there may be connections, so that goBox finds a place. */
const DEFAULTS = { inAll: 1200, perClient: 500 }

/**
 * Bounds the requests under way, in all and of one client also behind a proxy, and begins each in a turn of its own: a
 * thousand that come in one packet are no thousand at once, and one whose client has left does not begin.
 */
export function boundRequests(listener: RequestListener, { inAll, perClient } = DEFAULTS): RequestListener {
  let all = 0
  const clients = new Map<string, number>()
  return (request, response) => {
    // A proxy that does not say for whom it speaks is nobody in particular.
    const client = clientNetwork(request) ?? ''
    const own = client === '' ? 0 : (clients.get(client) ?? 0)
    if (all >= inAll || own >= perClient)
      return refuse(request, response, new TooMany('同时进行的请求太多，请稍等再试', 1, { code: 'too_many_requests' }))
    all++
    if (client !== '') clients.set(client, own + 1)
    response.once('close', () => {
      all--
      if (client === '') return
      const left = clients.get(client)! - 1
      if (left > 0) clients.set(client, left)
      else clients.delete(client)
    })
    void nextTurn().then(() => {
      if (!request.socket.destroyed) listener(request, response)
    })
  }
}
