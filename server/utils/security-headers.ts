import { hash } from 'node:crypto'
import type { H3Event } from 'h3'
import { isApiPath } from './api-path'
import { isSecure } from './client-address'
import { useConfig } from './config'

const YEAR_SECONDS = 365 * 24 * 3600

/** Set on every answer, files included. */
const ALWAYS: [string, string][] = [
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
]

const API: [string, string][] = [
  ['cache-control', 'no-store'],
  ['content-security-policy', 'default-src \'none\'; frame-ancestors \'none\''],
]

const PERMISSIONS = 'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()'

/** Sets the headers that every answer carries, before anything else can answer. */
export function setSecurityHeaders(event: H3Event) {
  const { req: request, res: response } = event.node
  for (const [name, value] of ALWAYS) response.setHeader(name, value)
  if (isSecure(request)) response.setHeader('strict-transport-security', `max-age=${YEAR_SECONDS}`)
  if (isApiPath(event.path.split('?', 1)[0]!)) for (const [name, value] of API) response.setHeader(name, value)
}

const INLINE_SCRIPT = /<script(?![^>]*\s(?:src=|type="application\/json"))[^>]*>([\s\S]*?)<\/script>/gi

/** The CSP sources of a page's inline scripts. The page is one of the build, the same for every request, so nobody can slip one in. */
function inlineScriptSources(html: string): string[] {
  return [...html.matchAll(INLINE_SCRIPT)].map(([, script]) => `'sha256-${hash('sha256', script!, 'base64')}'`)
}

/** The headers of a page. */
export function pageHeaders(html: string): Record<string, string> {
  const framers = [...useConfig().c8Origins]
  const policy = [
    `default-src 'self'`,
    `script-src 'self' ${inlineScriptSources(html).join(' ')}`,
    // Element Plus and the charts write style attributes; a style cannot run anything.
    `style-src 'self' 'unsafe-inline'`,
    `img-src 'self' data: blob:`,
    `font-src 'self' data:`,
    `connect-src 'self'`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors ${[`'self'`, ...framers].join(' ')}`,
  ].join('; ')
  return {
    'content-security-policy': policy,
    'permissions-policy': PERMISSIONS,
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-cache',
    // For browsers that do not know frame-ancestors; it cannot name C8.
    ...(framers.length === 0 ? { 'x-frame-options': 'SAMEORIGIN' } : {}),
  }
}
