import type { IncomingMessage } from 'node:http'
import type { H3Event } from 'h3'
import { touchSession, type SessionRecord } from '../repositories/sessions.ts'
import { findIdByLocalToken } from '../repositories/set-of-books.ts'
import { clientAddress } from './client-address.ts'
import { Forbidden, TooMany, Unauthorized } from './errors.ts'
import { FailureLimit } from './rate-limit.ts'

const MAX_WRONG_TOKENS = 60
const wrongTokens = new FailureLimit(MAX_WRONG_TOKENS)

function tokenOf(request: IncomingMessage): string {
  const { token } = request.headers
  if (typeof token !== 'string' || token === '') throw new Unauthorized('缺少 Token，请先登录')
  return token
}

function refuseToken(request: IncomingMessage, message: string): never {
  const address = clientAddress(request)
  const retryAfter = wrongTokens.retryAfter(address)
  if (retryAfter > 0) throw new TooMany(`无效的 Token 太多，请 ${retryAfter} 秒后再试`, retryAfter)
  wrongTokens.add(address)
  throw new Unauthorized(message)
}

/** The session of the request's token. Throws Unauthorized, or TooMany after too many wrong tokens. */
export async function authenticateStaff(request: IncomingMessage): Promise<SessionRecord> {
  return (await touchSession(tokenOf(request), Date.now())) ?? refuseToken(request, '登录已失效，请重新登录')
}

/** The account set whose local token the request carries. Throws Unauthorized, or TooMany after too many wrong tokens. */
export function authenticateWebhook(request: IncomingMessage): number {
  return (
    findIdByLocalToken(tokenOf(request), Date.now()) ??
    refuseToken(request, 'Token 不是任何账套的本地 Token，请从“设置”里重新复制')
  )
}

const MAX_FAILED_LOG_INS = 20
const failedLogIns = new FailureLimit(MAX_FAILED_LOG_INS)

/** Runs a log-in with the caller's C8 token; after too many failed ones from an address every further one is refused unheard. */
export async function guardLogIn<T>(event: H3Event, logIn: (c8Token: string) => Promise<T>): Promise<T> {
  const address = clientAddress(event.node.req)
  const retryAfter = failedLogIns.retryAfter(address)
  if (retryAfter > 0) throw new TooMany(`登录失败次数太多，请 ${retryAfter} 秒后再试`, retryAfter)
  const c8Token = tokenOf(event.node.req)
  // Counted before C8 is asked: of many at the same time, no more than may fail reach it.
  const takeBack = failedLogIns.add(address)
  let isRefused = false
  try {
    return await logIn(c8Token)
  } catch (error) {
    isRefused = error instanceof Forbidden
    throw error
  } finally {
    if (!isRefused) takeBack()
  }
}

/**
 * Another site's page can make a browser ask our addresses, some of which change something by GET. It cannot know a token; should it ever
 * learn one, the browser still says whose page asks.
 */
export function refuseCrossSite(event: H3Event) {
  if (event.node.req.headers['sec-fetch-site'] === 'cross-site')
    throw new Forbidden('不接受其他网站发起的请求，请从 goBox 自己的页面操作')
}
