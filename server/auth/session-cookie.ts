import { hash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isSecure } from '../http/client-address.ts'
import { Forbidden } from '../errors.ts'

/**
 * Names the account set whose session a page of ours means, percent-encoded. A page of another origin cannot send it,
 * since CORS allows nothing.
 */
const ACCOUNT_HEADER = 'x-set-of-book'
const NAME_LENGTH = 16
const EXPIRED = 'Thu, 01 Jan 1970 00:00:00 GMT'

function namedSetOfBook({ headers }: IncomingMessage): string | undefined {
  const named = headers[ACCOUNT_HEADER]
  if (typeof named !== 'string' || named === '') return undefined
  try {
    return decodeURIComponent(named)
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

/**
 * Cookies are shared by all ports of a host, so the name carries the port, too. Under TLS the prefix keeps other hosts
 * of the same domain from setting such a cookie.
 */
function cookieName(request: IncomingMessage, setOfBook: string) {
  const name = hash('sha256', JSON.stringify([request.headers.host, setOfBook])).slice(0, NAME_LENGTH)
  return `${isSecure(request) ? '__Host-' : ''}gobox_${name}`
}

const attributesOf = (request: IncomingMessage) =>
  `Path=/; HttpOnly; SameSite=Strict${isSecure(request) ? '; Secure' : ''}`

/**
 * The session token that the browser keeps for the account set that the page names; `undefined` where there is none.
 * Throws Forbidden where another origin asks.
 */
export function tokenOfCookie(request: IncomingMessage): string | undefined {
  const setOfBook = namedSetOfBook(request)
  if (setOfBook === undefined) return undefined
  const start = `${cookieName(request, setOfBook)}=`
  const found = request.headers.cookie?.split(/; */).find((cookie) => cookie.startsWith(start))
  if (found === undefined) return undefined
  // Browsers send it over TLS and to the own machine only.
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin')
    throw new Forbidden('不接受其他网站发起的请求，请从 goBox 自己的页面操作', { code: 'cross_site' })
  return found.slice(start.length)
}

/** Has the browser keep the session until it is closed, if the page that logged in asks for it. */
export function keepInCookie(request: IncomingMessage, response: ServerResponse, setOfBook: string, token: string) {
  if (namedSetOfBook(request) !== setOfBook) return
  response.setHeader('set-cookie', `${cookieName(request, setOfBook)}=${token}; ${attributesOf(request)}`)
}

/** Has the browser forget the session of the account set that the page names. */
export function dropCookie(request: IncomingMessage, response: ServerResponse) {
  const setOfBook = namedSetOfBook(request)
  if (setOfBook === undefined) return
  response.setHeader('set-cookie', `${cookieName(request, setOfBook)}=; Expires=${EXPIRED}; ${attributesOf(request)}`)
}
