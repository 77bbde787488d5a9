import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Call, Fault, FaultKind, Step, Target } from './fault-model.ts'
import type { SandboxState } from './state.ts'

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
  async create_late(exchange, { ms = 1000, status, message = '<html>网关超时' }) {
    const { state, work } = exchange
    const { generation } = state
    if (status !== undefined) sendText(exchange, status, message, 'text/html; charset=utf-8')
    await sleep(ms, undefined, unreferenced)
    if (generation === state.generation) work()
  },
  text(exchange, { status = 400, message = '业务校验未通过' }) {
    sendText(exchange, status, message, 'text/plain; charset=utf-8')
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
