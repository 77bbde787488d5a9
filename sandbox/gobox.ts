import { createHash, randomBytes } from 'node:crypto'
import type { Step } from './fault-model.ts'
import type { Reply } from './faults.ts'
import type { SetOfBook } from './c8-model.ts'
import type { SandboxState, TradeEntry } from './state.ts'

type Body = Record<string, unknown>

const timeText = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/

/** goBox's signature over all fields but `sign`. */
export function signatureOf(body: Body, appKey: string): string {
  const fields = Object.entries(body)
    .filter(([key]) => key !== 'sign')
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const text = JSON.stringify(Object.fromEntries(fields)).replaceAll(' ', '')
  return createHash('md5')
    .update(text + appKey)
    .digest('hex')
}

export function goboxStep(method: string, path: string): Step {
  if (method !== 'POST') return 'unknown'
  if (path === '/access-token') return 'gobox.token'
  return path === '/trade' ? 'gobox.trade' : 'unknown'
}

export function answerGobox(state: SandboxState, step: Step, body: unknown): Reply {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return fail(400, '请求体不是 JSON 对象')
  return step === 'gobox.token' ? issueToken(state, body as Body) : queryTrades(state, body as Body)
}

function issueToken(state: SandboxState, body: Body): Reply {
  const shop = [...state.setOfBooks.values()].find(({ gobox_user }) => gobox_user === body.user)
  if (shop === undefined) return fail(404, '用户不存在')
  const problem = problemWith(body, 'GetToken', shop)
  if (problem !== undefined) return problem
  const access_token = `at-${randomBytes(12).toString('hex')}`
  const expires = state.settings.token_seconds
  state.accessTokens.set(access_token, { set_of_book: shop.set_of_book, expires_at: Date.now() + expires * 1000 })
  return succeed({ access_token, expires })
}

function queryTrades(state: SandboxState, body: Body): Reply {
  const issued = state.accessTokens.get(String(body.access_token))
  const shop = state.setOfBooks.get(issued?.set_of_book ?? '')
  if (issued === undefined || shop === undefined || issued.expires_at <= Date.now()) {
    return fail(401, 'access_token 已失效')
  }
  const problem = problemWith(body, 'QueryTrade', shop) ?? filterProblem(body)
  if (problem !== undefined) return problem
  const { page = 1 } = body as { page?: number }
  const orders = [...(state.trades.get(shop.set_of_book)?.values() ?? [])]
    .filter(([entry]) => entry !== undefined && matches(entry, body))
    .sort(([a], [b]) => (a!.create_time < b!.create_time ? -1 : a!.create_time > b!.create_time ? 1 : 0))
  const { circling, endless, omit_last_page: omitsLast, page_size: size } = state.settings
  const end = (endless ? Math.min(page, Math.max(1, Math.ceil(orders.length / size))) : page) * size
  const trade_list = interleave(orders.slice(end - size, end))
  const next = circling ? page : endless || end < orders.length ? page + 1 : null
  return succeed(next === null && omitsLast ? { trade_list } : { trade_list, page: next })
}

/** What every call must have: its command, a plausible time in seconds, and the right signature. */
function problemWith(body: Body, command: string, shop: SetOfBook): Reply | undefined {
  if (body.command !== command) return fail(400, 'command 错误')
  if (!Number.isInteger(body.time) || String(body.time).length !== 10) return fail(400, 'time 不是 Unix 秒')
  if (body.sign !== signatureOf(body, shop.app_key)) return fail(403, '签名错误')
}

function filterProblem(body: Body): Reply | undefined {
  for (const field of ['start_date', 'end_date']) {
    const value = body[field]
    if (value !== undefined && !(typeof value === 'string' && timeText.test(value)))
      return fail(400, `${field} 格式错误`)
  }
  for (const field of ['dev_id', 'trans_id', 'status']) {
    if (body[field] !== undefined && typeof body[field] !== 'string') return fail(400, `${field} 须为文本`)
  }
  const { page = 1 } = body
  if (!Number.isInteger(page) || Number(page) < 1) return fail(400, 'page 错误')
}

function matches(entry: TradeEntry, body: Body): boolean {
  const { start_date, end_date, dev_id, trans_id, status } = body as Record<string, string | undefined>
  return (
    (start_date === undefined || entry.create_time >= start_date) &&
    (end_date === undefined || entry.create_time <= end_date) &&
    (dev_id === undefined || String(entry.dev_id) === dev_id) &&
    (trans_id === undefined || entry.trans_id === trans_id) &&
    (status === undefined || String(entry.status) === status)
  )
}

/** All first lines, then all second lines …: a client must not rely on an order's lines standing together. */
function interleave(orders: TradeEntry[][]): TradeEntry[] {
  const longest = Math.max(0, ...orders.map((entries) => entries.length))
  return Array.from({ length: longest }, (_, line) => orders.flatMap((entries) => entries[line] ?? [])).flat()
}

function succeed(output: unknown): Reply {
  return { status: 200, body: { code: 0, output } }
}

function fail(code: number, msg: string): Reply {
  return { status: 200, body: { code, msg } }
}
