import { hash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { H3Event } from 'h3'
import { isApiPath } from './api-path.ts'
import { isSecure } from './client-address.ts'
import { useConfig } from '../config.ts'

const YEAR_SECONDS = 365 * 24 * 3600

/** On every answer, files included; names and values in turn, as `writeHead` takes them. */
const ALWAYS = ['x-content-type-options', 'nosniff', 'referrer-policy', 'no-referrer']

/** On every answer of the API. */
export const API_HEADERS = [
  ...ALWAYS,
  'cache-control',
  'no-store',
  'content-security-policy',
  "default-src 'none'; frame-ancestors 'none'",
]

/** The page that stands in for one that could not be fetched; the browser keeps it with these. */
const OFFLINE_PAGE = '/offline.html'
const OFFLINE_HEADERS = [
  ...ALWAYS,
  'cache-control',
  'no-cache',
  'content-security-policy',
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
]

const PERMISSIONS =
  'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()'

function headersOf(request: IncomingMessage, requestId: string, always: string[]): string[] {
  const headers = [...always, 'x-request-id', requestId]
  return isSecure(request) ? [...headers, 'strict-transport-security', `max-age=${YEAR_SECONDS}`] : headers
}

/** The headers of every answer of the API, names and values in turn. */
export function apiHeaders(request: IncomingMessage, requestId: string): string[] {
  return headersOf(request, requestId, API_HEADERS)
}

/** Sets headers that are given as names and values in turn. */
export function applyHeaders(response: ServerResponse, headers: string[]) {
  for (let index = 0; index < headers.length; index += 2) response.setHeader(headers[index]!, headers[index + 1]!)
}

/** Sets the headers that every answer carries, before anything else can answer. */
export function setSecurityHeaders({ node: { req: request, res: response }, path, context }: H3Event) {
  const file = path.split('?', 1)[0]!
  const always = isApiPath(file) ? API_HEADERS : file === OFFLINE_PAGE ? OFFLINE_HEADERS : ALWAYS
  applyHeaders(response, headersOf(request, context.requestId, always))
}

const INLINE_SCRIPT = /<script(?![^>]*\s(?:src=|type="application\/json"))[^>]*>([\s\S]*?)<\/script>/gi

/**
 * The CSP sources of a page's inline scripts. The page is one of the build, the same for every request, so nobody can
 * slip one in.
 */
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
    `worker-src 'self'`,
    `manifest-src 'self'`,
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
