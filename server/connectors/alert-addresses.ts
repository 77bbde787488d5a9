import { MASK, type ChannelType } from '#shared/alerts'
import { isAllowed } from './http.ts'

const MAX_RECIPIENTS = 20
const ADDRESS = /^[^\s@,;<>"()?&]+@[^\s@,;<>"()?&]+$/

/** The recipient of a `mailto:` address; `null` for any other address. */
export function recipientsOf(url: string): string[] | null {
  if (!url.startsWith('mailto:')) return null
  const list = url.slice('mailto:'.length).split(',')
  return list.length <= MAX_RECIPIENTS && list.every((address) => ADDRESS.test(address)) ? list : null
}

/** Whether alerts may go to this address: robots at their own hosts, webhooks at explicitly allowed origins. */
export function isChannelAddress(type: ChannelType, url: string): boolean {
  return type === 'email' ? recipientsOf(url) !== null : isAllowed(type, url)
}

/** The address with its key masked: Feishu's is the end of the path, the others' stand in the query. */
export function maskAddress(type: ChannelType, url: string): string {
  const parsed = type === 'email' ? null : URL.parse(url)
  if (!parsed) return url
  for (const name of [...parsed.searchParams.keys()]) parsed.searchParams.set(name, MASK)
  if (type === 'feishu') parsed.pathname = parsed.pathname.replace(/[^/]+$/, MASK)
  return parsed.href
}

/** A key is longer than the words of an address. */
const SHORTEST_KEY = 8

/** The parts of an address that must not appear in an error. */
export function secretsOfAddress(url: string): string[] {
  const parsed = URL.parse(url)
  if (!parsed) return []
  const end = parsed.pathname.split('/').at(-1)!
  return [url, ...parsed.searchParams.values(), end].filter((text) => text.length >= SHORTEST_KEY)
}
