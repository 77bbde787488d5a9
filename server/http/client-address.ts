import type { IncomingMessage } from 'node:http'
import { useConfig } from '../config.ts'

/** An address as it is written in the settings: IPv4 as such, also where it comes through an IPv6 socket. */
export function plainAddress(address: string): string {
  return address.trim().replace(/^::ffff:(?=\d+\.)/i, '')
}

const GROUPS = 8
const HEX = 16
const BYTE = 256

/** The eight numbers of an IPv6 address; `null` for anything else. */
function groupsOf(address: string): number[] | null {
  const written = URL.parse(`http://[${address}]/`)?.hostname.slice(1, -1)
  if (!written) return null
  const [head = [], tail = []] = written.split('::').map((half) => half.split(':').filter(Boolean))
  const gap = Array.from({ length: GROUPS - head.length - tail.length }, () => '0')
  return [...head, ...gap, ...tail].map((group) => parseInt(group, HEX))
}

/**
 * Whom limits count as one: an IPv4 address, or the /64 of an IPv6 address, of which a customer has all 2^64. IPv4 in
 * the form of IPv6 is IPv4.
 */
export function networkOf(address: string): string {
  const plain = plainAddress(address)
  if (!plain.includes(':')) return plain
  const groups = groupsOf(plain.split('%', 1)[0]!)
  if (!groups) return plain
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped)
    return groups
      .slice(6)
      .flatMap((group) => [Math.floor(group / BYTE), group % BYTE])
      .join('.')
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(HEX))
    .join(':')}::/64`
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

/** The caller's network, by which limits count; `null` where a proxy named in NUXT_TRUSTED_PROXIES does not say. */
export function clientNetwork(request: IncomingMessage): string | null {
  const address = clientAddress(request)
  return useConfig().trustedProxies.has(address) ? null : networkOf(address)
}

/** Whether the caller came through TLS: ours, or that of a proxy named in NUXT_TRUSTED_PROXIES. */
export function isSecure(request: IncomingMessage): boolean {
  if ((request.socket as { encrypted?: boolean }).encrypted) return true
  const { trustedProxies } = useConfig()
  if (trustedProxies.size === 0 || !trustedProxies.has(plainAddress(request.socket.remoteAddress ?? ''))) return false
  return [request.headers['x-forwarded-proto'] ?? []].flat().join(',').split(',')[0]!.trim() === 'https'
}
