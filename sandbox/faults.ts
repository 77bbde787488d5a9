import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SandboxState } from './state.ts'

export const steps = [
  'gobox.token',
  'gobox.trade',
  'c8.security_keys',
  'c8.set_of_books',
  'c8.lists',
  'c8.products',
  'c8.retail_lookup',
  'c8.retail_get',
  'c8.retail_create',
  'c8.confirm',
  'c8.workflow',
  // Where `redirect` points to: a recorded call here means that the client followed it.
  'redirected',
  'unknown',
] as const
export type Step = (typeof steps)[number]
/** A step, or all steps of one upstream. */
type Target = Step | 'gobox' | 'c8'

export const faultKinds = [
  'slow',
  'status',
  'garbage',
  'reset',
  'create_then_drop',
  'create_then_500',
  'create_then_garbage',
  'create_late',
  'refuse',
  'lapsed_token',
  'redirect',
  'drip',
  'huge',
] as const
type FaultKind = (typeof faultKinds)[number]

export interface Fault {
  step: Target
  kind: FaultKind
  /** Calls it hits; absent: every call until cleared. */
  times?: number
  /** Only calls whose path or body contains this text. */
  containing?: string
  /** `slow`: delay; `create_late`: when the work is done; `drip`: time between two bytes. */
  ms?: number
  /** `status`: default 500; `redirect`: default 302; `refuse`: default 200. */
  status?: number
  /** `status`, `redirect`: the Location header. */
  location?: string
  /** goBox's `code` for `refuse` (default 1) and `lapsed_token` (default 401). */
  code?: number
  message?: string
  /** `huge`: size of the answer. */
  bytes?: number
}

/** Milliseconds before each answer, by target. */
export type Latency = Partial<Record<Target, number>>

export interface Call {
  step: Step
  method: string
  path: string
  token?: string
  body?: unknown
  /** Milliseconds since the epoch. */
  time: number
  fault?: FaultKind
  /** Absent while unanswered, and when the connection was dropped. */
  status?: number
  finished?: number
}

export interface Reply {
  status: number
  /** `undefined` is an empty body. */
  body: unknown
}

export interface Exchange {
  state: SandboxState
  request: IncomingMessage
  response: ServerResponse
  call: Call
  work: () => Reply
  encode: (body: unknown) => string
}

export function takeFault(state: SandboxState, call: Call): Fault | undefined {
  const text = `${call.path}\n${JSON.stringify(call.body)}`
  const fault = state.faults.find(
    ({ step, containing }) => hits(step, call.step) && (containing === undefined || text.includes(containing)),
  )
  if (fault?.times !== undefined && --fault.times <= 0) state.faults.splice(state.faults.indexOf(fault), 1)
  return fault
}

export function latencyOf(state: SandboxState, step: Step): number {
  const upstream = step.startsWith('gobox.') ? 'gobox' : step.startsWith('c8.') ? 'c8' : step
  return state.latency[step] ?? state.latency[upstream] ?? 0
}

function hits(target: Target, step: Step): boolean {
  return target === step || step.startsWith(`${target}.`)
}

export async function answer(exchange: Exchange, fault: Fault | undefined): Promise<void> {
  if (fault === undefined) return send(exchange, exchange.work())
  exchange.call.fault = fault.kind
  await misbehave[fault.kind](exchange, fault)
}

// A pending delay must not keep a closed sandbox's process alive.
const unreferenced = { ref: false }

const misbehave: Record<FaultKind, (exchange: Exchange, fault: Fault) => Promise<void> | void> = {
  async slow(exchange, { ms = 1000 }) {
    const { generation } = exchange.state
    await sleep(ms, undefined, unreferenced)
    if (generation === exchange.state.generation) send(exchange, exchange.work())
    else drop(exchange)
  },
  status(exchange, { status = 500, location, message = '系统繁忙' }) {
    if (location !== undefined) exchange.response.setHeader('location', location)
    send(exchange, { status, body: { message } })
  },
  garbage(exchange) {
    sendText(exchange, 200, '<html><body>系统维护中', 'text/html; charset=utf-8')
  },
  reset(exchange) {
    drop(exchange)
  },
  create_then_drop(exchange) {
    exchange.work()
    drop(exchange)
  },
  create_then_500(exchange) {
    exchange.work()
    send(exchange, { status: 500, body: { message: '系统繁忙' } })
  },
  create_then_garbage(exchange, fault) {
    exchange.work()
    return misbehave.garbage(exchange, fault)
  },
  async create_late({ state, work }, { ms = 1000 }) {
    const { generation } = state
    await sleep(ms, undefined, unreferenced)
    if (generation === state.generation) work()
  },
  refuse(exchange, { status = 200, code = 1, message = '业务校验未通过' }) {
    send(exchange, { status, body: isGobox(exchange) ? { code, msg: message } : { state: 0, errmsg: message } })
  },
  lapsed_token(exchange, { code = 401, message }) {
    if (!isGobox(exchange)) return send(exchange, { status: 401, body: { state: 0, errmsg: message ?? '登录已过期' } })
    const { access_token } = exchange.call.body as { access_token?: string }
    exchange.state.accessTokens.delete(access_token ?? '')
    send(exchange, { status: 200, body: { code, msg: message ?? 'access_token 已失效' } })
  },
  redirect(exchange, { status = 302, location = `http://${exchange.request.headers.host}/redirected` }) {
    exchange.response.setHeader('location', location)
    send(exchange, { status, body: undefined })
  },
  async drip(exchange, { ms = 100 }) {
    const { response, call } = exchange
    const { status, body } = exchange.work()
    response.writeHead(status, { 'content-type': 'application/json' })
    for (const byte of Buffer.from(exchange.encode(body))) {
      if (response.destroyed) return
      response.write(Buffer.of(byte))
      await sleep(ms, undefined, unreferenced)
    }
    response.end()
    finish(call, status)
  },
  async huge({ response, call }, { bytes = 64 * 1024 * 1024 }) {
    response.writeHead(200, { 'content-type': 'application/json' })
    // A client that hangs up in the middle is what this fault is for.
    await pipeline(hugeAnswer(bytes), response).then(
      () => finish(call, 200),
      () => undefined,
    )
  },
}

function* hugeAnswer(bytes: number) {
  yield '{"state":1,"code":0,"total":1,"root":[{"name":"'
  const chunk = 'x'.repeat(64 * 1024)
  for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk
  yield '"}]}'
}

function isGobox({ call }: Exchange): boolean {
  return call.step.startsWith('gobox.')
}

function send(exchange: Exchange, { status, body }: Reply): void {
  sendText(exchange, status, body === undefined ? '' : exchange.encode(body), 'application/json; charset=utf-8')
}

function sendText({ response, call }: Exchange, status: number, text: string, type: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text)
  finish(call, status)
}

function drop({ request }: Exchange): void {
  request.socket.resetAndDestroy()
}

function finish(call: Call, status: number): void {
  call.status = status
  call.finished = Date.now()
}
