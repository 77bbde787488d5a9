import type { IncomingMessage } from 'node:http'
import { useConfig } from './config.ts'

/** An address as it is written in the settings: IPv4 as such, also where it comes through an IPv6 socket. */
export function plainAddress(address: string): string {
  return address.trim().replace(/^::ffff:/, '')
}

/** The caller's address: the socket's, or what a proxy named in NUXT_TRUSTED_PROXIES says of it. */
export function clientAddress(request: IncomingMessage): string {
  const { trustedProxies } = useConfig()
  let address = plainAddress(request.socket.remoteAddress ?? '')
  if (!trustedProxies.has(address)) return address
  const forwarded = [request.headers['x-forwarded-for'] ?? []]
    .flat()
    .join(',')
    .split(',')
    .map(plainAddress)
    .filter(Boolean)
  // From the nearest on: what stands left of an address that is not ours, anybody may have written.
  while (trustedProxies.has(address) && forwarded.length > 0) address = forwarded.pop()!
  return address
}

/** Whether the caller came through TLS: ours, or that of a proxy named in NUXT_TRUSTED_PROXIES. */
export function isSecure(request: IncomingMessage): boolean {
  if ((request.socket as { encrypted?: boolean }).encrypted) return true
  const { trustedProxies } = useConfig()
  if (trustedProxies.size === 0 || !trustedProxies.has(plainAddress(request.socket.remoteAddress ?? ''))) return false
  return [request.headers['x-forwarded-proto'] ?? []].flat().join(',').split(',')[0]!.trim() === 'https'
}
