import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { H3Event } from 'h3'
import { touchSession, type SessionRecord } from '../repositories/sessions.ts'
import { findByLocalToken, unknownLocalToken, type LocalToken } from '../repositories/local-tokens.ts'
import { clientAddress, networkOf } from '../http/client-address.ts'
import { clientOf } from '../http/client-left.ts'
import { noteStranger } from '../services/restore-notice.ts'
import { Forbidden, TooMany, Unauthorized } from '../errors.ts'
import { FailureLimit } from '../limits/failure-limit.ts'
import { LogInGuard } from './log-in-guard.ts'
import { tokenOfCookie } from './session-cookie.ts'

const MAX_WRONG_TOKENS = 60
const wrongTokens = new FailureLimit(MAX_WRONG_TOKENS, { sharedAs: 'wrong_tokens' })

function tokenOf(request: IncomingMessage): string {
  const { token } = request.headers
  if (typeof token !== 'string' || token === '') refuseMissing()
  return token
}

function refuseMissing(): never {
  throw new Unauthorized('缺少 Token，请先登录', { code: 'token_missing' })
}

/** Whether the request names a session, good or not. */
export function namesSession(request: IncomingMessage): boolean {
  return request.headers.token !== undefined || tokenOfCookie(request) !== undefined
}

/** The header wins, also where it is wrong. */
function sessionTokenOf(request: IncomingMessage): string {
  if (request.headers.token !== undefined) return tokenOf(request)
  return tokenOfCookie(request) ?? refuseMissing()
}

async function refuseToken(request: IncomingMessage, refusal: Unauthorized): Promise<never> {
  const client = networkOf(clientAddress(request))
  const { retryAfter } = await wrongTokens.look(client)
  if (retryAfter > 0)
    throw new TooMany(`无效的 Token 太多，请 ${retryAfter} 秒后再试`, retryAfter, { code: 'too_many_wrong_tokens' })
  await wrongTokens.add(client)
  throw refusal
}

/** The session of the request's token. Throws Unauthorized, or TooMany after too many wrong tokens. */
export async function authenticateStaff(request: IncomingMessage): Promise<SessionRecord> {
  return (
    (await touchSession(sessionTokenOf(request), Date.now())) ??
    refuseToken(request, new Unauthorized('登录已失效，请重新登录', { code: 'session_ended' }))
  )
}

function orRefuse(request: IncomingMessage, found: LocalToken | undefined): LocalToken | Promise<never> {
  if (found) return found
  noteStranger()
  return refuseToken(request, unknownLocalToken())
}

/**
 * The account set whose local token the request carries; without a promise where the token is known. Throws
 * Unauthorized, or TooMany after too many wrong tokens.
 */
export function authenticateWebhook(request: IncomingMessage): LocalToken | Promise<LocalToken> {
  const found = findByLocalToken(tokenOf(request), Date.now())
  return found instanceof Promise ? found.then((token) => orRefuse(request, token)) : orRefuse(request, found)
}

const digest = (text: string) => hash('sha256', text, 'buffer')

/**
 * Checks that the request may read the metrics: `Authorization: Bearer` with NUXT_METRICS_TOKEN, and no other token.
 * Throws Unauthorized, or TooMany after too many wrong tokens.
 */
export async function authenticateMetrics(request: IncomingMessage, metricsToken: string): Promise<void> {
  const { authorization } = request.headers
  if (!authorization) throw new Unauthorized('缺少 Authorization: Bearer', { code: 'metrics_token_missing' })
  const [, given] = /^Bearer +(\S+) *$/i.exec(authorization) ?? []
  if (given !== undefined && timingSafeEqual(digest(given), digest(metricsToken))) return
  await refuseToken(request, new Unauthorized('这不是 NUXT_METRICS_TOKEN，请检查', { code: 'metrics_token_wrong' }))
}

const MAX_FAILED_LOG_INS = 20
const logIns = new LogInGuard(new FailureLimit(MAX_FAILED_LOG_INS, { sharedAs: 'failed_log_ins' }))

/**
 * Runs a log-in with the caller's C8 token; after too many failed ones from an address every further one is refused
 * unheard.
 */
export async function guardLogIn<T>(event: H3Event, logIn: (c8Token: string) => Promise<T>): Promise<T> {
  const { req: request, res: response } = event.node
  const c8Token = tokenOf(request)
  return logIns.run(networkOf(clientAddress(request)), clientOf(response), () => logIn(c8Token))
}

/**
 * Another site's page can make a browser ask our addresses, some of which change something by GET. It cannot know a
 * token; should it ever learn one, the browser still says whose page asks.
 */
export function refuseCrossSite(event: H3Event) {
  if (event.node.req.headers['sec-fetch-site'] === 'cross-site')
    throw new Forbidden('不接受其他网站发起的请求，请从 goBox 自己的页面操作', { code: 'cross_site' })
}
