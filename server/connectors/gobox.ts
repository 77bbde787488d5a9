import { hash } from 'node:crypto'
import { z } from 'zod'
import { useConfig } from '../utils/config.ts'
import { Refused, UpstreamBroken } from '../utils/errors.ts'
import { callUpstream, reasonText } from './http.ts'

type Fields = Record<string, string | number>

/** goBox no longer takes the access token, though it should have lasted. */
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

const numeric = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
const answerSchema = z.object({ code: numeric, msg: z.unknown().optional(), output: z.unknown().optional() })
const LAPSED_CODES = new Set([401, 40101])
const ABOUT_ACCESS_TOKEN = /access[ _-]?token|访问令牌/i

/** Sends one signed command and returns its `output`. Throws AccessTokenLapsed, Refused, UpstreamBroken, UpstreamTimeout. */
async function command(path: string, step: string, fields: Fields, appKey: string): Promise<unknown> {
  const { goboxUrl } = useConfig()
  if (!goboxUrl) throw new Refused('还没有设置 goBox 的地址，请管理员设置 NUXT_GOBOX_URL 后重启')
  const signed: Fields = { ...fields, time: Math.floor(Date.now() / 1000) }
  const { status, body } = await callUpstream({
    upstream: 'goBox',
    step,
    url: goboxUrl + path,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...signed, sign: signFields(signed, appKey) }),
  })
  const answer = answerSchema.safeParse(body)
  if (status === 200 && answer.success && answer.data.code === 0) return answer.data.output
  if (status < 400 && !answer.success) throw unreadable(step)
  const { code = status, msg } = answer.data ?? {}
  const secrets = [appKey, signed.access_token].filter((secret) => typeof secret === 'string')
  const message = `goBox ${step}被拒绝：${reasonText(msg ?? `代码 ${code}`, secrets)}`
  throw LAPSED_CODES.has(code) || status === 401 || ABOUT_ACCESS_TOKEN.test(String(msg))
    ? new AccessTokenLapsed(message)
    : new Refused(message)
}

function unreadable(step: string): UpstreamBroken {
  return new UpstreamBroken(`goBox ${step}失败：回答无法读懂，请稍后再试`, false)
}

const tokenSchema = z.object({ access_token: z.string().min(1), expires: numeric })

/** Gets an access token for a shop's credentials; `expires` is in seconds from now. */
export async function getAccessToken(
  userName: string,
  appKey: string,
): Promise<{ accessToken: string; expires: number }> {
  const step = '获取访问令牌'
  const output = tokenSchema.safeParse(
    await command('/access-token', step, { user: userName, command: 'GetToken' }, appKey),
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
  trade_list: z.array(z.record(z.string(), z.unknown())).nullish(),
  page: numeric.nullish(),
})

/** Asks for one page of product lines; `page` is the next page's number, or `null` after the last. */
export async function queryTrade(
  query: TradeQuery,
  accessToken: string,
  appKey: string,
): Promise<{ entries: TradeEntry[]; page: number | null }> {
  const step = '查询订单'
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as Fields
  const output = tradeSchema.safeParse(
    await command('/trade', step, { access_token: accessToken, command: 'QueryTrade', ...given }, appKey),
  )
  if (!output.success) throw unreadable(step)
  const next = output.data.page || null
  // A next page that is not further on would be asked for without end.
  if (next !== null && next <= query.page) throw unreadable(step)
  return { entries: output.data.trade_list ?? [], page: next }
}
