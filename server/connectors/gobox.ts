import { hash } from 'node:crypto'
import { z } from 'zod'
import { useConfig } from '../config.ts'
import { type DomainErrorOptions, Refused, UpstreamBroken } from '../errors.ts'
import { callUpstream, reasonText, toUpstreamJson, type Step } from './http.ts'

type Fields = Record<string, string | number>

/** goBox rejects the access token before its expiry. */
export class AccessTokenLapsed extends Refused {}

/** The signature of a call: MD5 over the fields as JSON (keys ascending, every U+0020 removed) and the app_key. */
export function signFields(fields: Fields, appKey: string): string {
  const sorted = Object.fromEntries(
    Object.keys(fields)
      .sort()
      .map((key) => [key, fields[key]]),
  )
  return hash('md5', JSON.stringify(sorted).replaceAll(' ', '') + appKey)
}

const numeric = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).pipe(z.number())
const answerSchema = z.object({ code: numeric, msg: z.unknown().optional(), output: z.unknown().optional() })
const LAPSED_CODES = new Set([401, 40101])
const ABOUT_ACCESS_TOKEN = /access[ _-]?token|访问令牌/i

/**
 * Sends one signed command and returns its `output`. Throws AccessTokenLapsed, Refused, UpstreamBroken,
 * UpstreamTimeout.
 */
async function command(
  path: string,
  step: Step,
  fields: Fields,
  appKey: string,
  client?: AbortSignal,
): Promise<unknown> {
  const { goboxUrl } = useConfig()
  if (!goboxUrl)
    throw new Refused('还没有设置 goBox 的地址，请管理员设置 NUXT_GOBOX_URL 后重启', { code: 'gobox_url_missing' })
  const signed: Fields = { ...fields, time: Math.floor(Date.now() / 1000) }
  const sign = signFields(signed, appKey)
  const { status, body, text } = await callUpstream({
    upstream: 'goBox',
    step,
    url: goboxUrl + path,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: toUpstreamJson({ ...signed, sign }),
    client,
  })
  const answer = answerSchema.safeParse(body)
  if (status === 200 && answer.success && answer.data.code === 0) return answer.data.output
  if (status < 400 && !answer.success) throw unreadable(step)
  const { code = status, msg } = answer.data ?? {}
  const secrets = [appKey, sign, signed.access_token].filter((secret) => typeof secret === 'string')
  const reason = reasonText(msg ?? (text?.trim() || `代码 ${code}`), secrets)
  const message = `goBox ${step.text}被拒绝：${reason}`
  const options: DomainErrorOptions = {
    code: 'upstream_refuses',
    params: { upstream: 'goBox', step: step.name, reason },
  }
  throw LAPSED_CODES.has(code) || status === 401 || ABOUT_ACCESS_TOKEN.test(String(msg))
    ? new AccessTokenLapsed(message, options)
    : new Refused(message, options)
}

function unreadable(step: Step): UpstreamBroken {
  return new UpstreamBroken(`goBox ${step.text}失败：回答无法读懂，请稍后再试`, false, {
    code: 'upstream_unreadable',
    params: { upstream: 'goBox', step: step.name },
  })
}

/** The longest time, in seconds, that a token is used, whatever expiry goBox states. */
const LONGEST_TOKEN = 366 * 24 * 3600
const expires = numeric.transform((seconds) => Math.min(Math.floor(seconds), LONGEST_TOKEN))
const tokenSchema = z.object({ access_token: z.string().min(1), expires })

/** What goBox says where the user name or the key is wrong. */
const ABOUT_CREDENTIALS = /签名|用户|密钥|账号|密码|\b(?:sign|user|app_?key|password)/i

/** A refusal in words that say whose the right credentials are; anything else as it is. */
function aboutCredentials(error: unknown): unknown {
  const reason = error instanceof Refused && error.params?.reason
  return typeof reason === 'string' && ABOUT_CREDENTIALS.test(reason)
    ? new Refused(
        `goBox 不认现在的用户名和密钥（${reason}），请向货柜供应商的客服或管 goBox 账号的同事要对的那一对，再到“设置 › 对接”里填写`,
        { code: 'credentials_refused', params: { reason }, cause: error },
      )
    : error
}

/** Gets an access token for a shop's credentials; `expires` is in seconds from now. */
export async function getAccessToken(
  userName: string,
  appKey: string,
): Promise<{ accessToken: string; expires: number }> {
  const step = { name: 'get_access_token', text: '获取访问令牌' }
  const asked = command('/access-token', step, { user: userName, command: 'GetToken' }, appKey)
  const output = tokenSchema.safeParse(
    await asked.catch((error: unknown) => {
      throw aboutCredentials(error)
    }),
  )
  if (!output.success) throw unreadable(step)
  return { accessToken: output.data.access_token, expires: output.data.expires }
}

/** One product line of an order, as goBox lists it; its fields are checked with the order. */
export type TradeEntry = Record<string, unknown>

/** What to ask goBox for; times as text in the shop's zone. */
export interface TradeQuery {
  start_date?: string
  end_date?: string
  dev_id?: string
  trans_id?: string
  status?: string
  page: number
}

const tradeSchema = z.object({
  trade_list: z.array(z.unknown()).nullish(),
  page: numeric.pipe(z.number().int()).nullish(),
})

/**
 * Asks for one page of product lines, of which one may be anything; `page` is the next page's number, or `null` after
 * the last. Nothing says that the next is further on.
 */
export async function queryTrade(
  query: TradeQuery,
  accessToken: string,
  appKey: string,
  client?: AbortSignal,
): Promise<{ entries: unknown[]; page: number | null }> {
  const step = { name: 'query_trade', text: '查询订单' }
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as Fields
  const output = tradeSchema.safeParse(
    await command('/trade', step, { access_token: accessToken, command: 'QueryTrade', ...given }, appKey, client),
  )
  if (!output.success) throw unreadable(step)
  return { entries: output.data.trade_list ?? [], page: output.data.page || null }
}
