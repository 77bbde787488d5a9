import type { IncomingMessage } from 'node:http'
import { useConfig } from './config'

const plain = (address: string) => address.trim().replace(/^::ffff:/, '')

/** The caller's address: the socket's, or what a proxy named in NUXT_TRUSTED_PROXIES says of it. */
export function clientAddress(request: IncomingMessage): string {
  const { trustedProxies } = useConfig()
  let address = plain(request.socket.remoteAddress ?? '')
  if (!trustedProxies.has(address)) return address
  const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',').map(plain).filter(Boolean)
  // From the nearest on: what stands left of an address that is not ours, anybody may have written.
  while (trustedProxies.has(address) && forwarded.length > 0) address = forwarded.pop()!
  return address
}
