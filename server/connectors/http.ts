import type { ErrorCode, ErrorParams } from '#shared/error-codes'
import { parseJson } from '#shared/json'
import { parseOrigin, useConfig } from '../config.ts'
import { upstreamCalls } from '../metrics/families.ts'
import { ClientLeft, Refused, UpstreamBroken, UpstreamTimeout } from '../errors.ts'

/**
 * What a call is for: by name for programs, in Chinese as it stands in an error (“C8 查询条码失败…”), and what that names.
 */
export interface Step {
  name: string
  text: string
  params?: ErrorParams
}

/** The services that alerts go to, by their Chinese names. */
export const ALERT_UPSTREAMS = { wecom: '企业微信', dingtalk: '钉钉', feishu: '飞书', webhook: 'Webhook' } as const

export interface UpstreamCall {
  upstream: 'goBox' | 'C8' | keyof typeof ALERT_UPSTREAMS
  step: Step
  url: string
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: string
  /** Aborts when the client disconnects; only for calls that read. */
  client?: AbortSignal
  /** The body, not the status, says whether the call succeeded. */
  isJudgedByBody?: boolean
  /** The body of a 2xx answer is not parsed: it need not be JSON. */
  isOpaque?: boolean
}

export interface UpstreamAnswer {
  status: number
  body: unknown
  /** The unparsed text of a refusal. */
  text?: string
}

/** System calls that fail before a connection exists. The same error codes can also end an open one. */
const CONNECT_CALLS = new Set(['connect', 'getaddrinfo'])
/** TLS errors: the certificate is checked before the first byte of the request is sent. */
const BAD_CERTIFICATE = /^(?:CERT_|UNABLE_TO_|ERR_TLS_CERT_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$)/
const NO_TLS = 'before secure TLS connection was established'
const FAULT_STATUSES = new Set([408, 429])

/**
 * Asks for uncompressed answers, so that `maxBytes` bounds the transfer too. A compressed answer is counted as it is
 * decompressed.
 */
const HEADERS = { accept: 'application/json', 'accept-encoding': 'identity' }

const MAX_REASON = 200
/** Integers beyond this lose digits as a number. */
const MAX_NUMBER = Number.MAX_SAFE_INTEGER

/**
 * An upstream's own words for a person: plain text of at most 200 characters, without the secrets that the call
 * carried.
 */
export function reasonText(reason: unknown, secrets: string[] = []): string {
  const text = typeof reason === 'string' || typeof reason === 'number' ? String(reason) : ''
  const safe = secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
  // eslint-disable-next-line no-control-regex
  const plain = safe.replace(/[\u0000-\u001F\u007F]+/g, ' ').trim()
  return plain.length > MAX_REASON ? `${plain.slice(0, MAX_REASON)}…` : plain || '没有说明原因'
}

/** Whether a status means a fault, which is worth a retry, rather than a refusal. */
function isFault(status: number): boolean {
  return status < 200 || (status >= 300 && status < 400) || status >= 500 || FAULT_STATUSES.has(status)
}

async function readBounded(response: Response, maxBytes: number): Promise<Buffer | null> {
  if (!response.body) return Buffer.of()
  const chunks: Uint8Array[] = []
  let size = 0
  // Leaving the loop cancels the stream: the rest of an oversized answer is not read.
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > maxBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Whether a failed fetch shows that no connection was made, so that the call cannot have reached the upstream. */
export function isProvablyUnsent({ cause }: Error): boolean {
  const { code = '', syscall = '', errors, message = '' } = (cause ?? {}) as NodeJS.ErrnoException & AggregateError
  return (
    CONNECT_CALLS.has(syscall) ||
    code === 'UND_ERR_CONNECT_TIMEOUT' ||
    BAD_CERTIFICATE.test(code) ||
    message.includes(NO_TLS) ||
    // A host may have several addresses, each of which was tried.
    (errors !== undefined && errors.length > 0 && errors.every((error) => isProvablyUnsent({ cause: error } as Error)))
  )
}

/**
 * A body for an upstream. Throws Refused for a number that JSON cannot say: it would arrive as `null`, or as another
 * number than was meant.
 */
export function toUpstreamJson(body: unknown): string {
  return JSON.stringify(body, (key, value: unknown) => {
    if (typeof value === 'number' && !(Math.abs(value) <= MAX_NUMBER))
      throw new Refused(`${key} 的数值太大，不能发送，请检查订单的数量和金额`, {
        code: 'number_out_of_range',
        params: { field: key },
      })
    return value
  })
}

/** The robots' own origins, beside which only explicitly allowed ones may be used. */
const ROBOTS: Partial<Record<UpstreamCall['upstream'], string>> = {
  wecom: 'https://qyapi.weixin.qq.com',
  dingtalk: 'https://oapi.dingtalk.com',
  feishu: 'https://open.feishu.cn',
}

/** Whether the configuration allows this address: a session or a row may name one that was removed since. */
export function isAllowed(upstream: UpstreamCall['upstream'], url: string): boolean {
  const { goboxUrl, c8Origins, alertOrigins } = useConfig()
  const origin = parseOrigin(url)
  if (origin === null) return false
  if (upstream === 'C8') return c8Origins.has(origin)
  if (upstream === 'goBox') return goboxUrl !== undefined && parseOrigin(goboxUrl) === origin
  return ROBOTS[upstream] === origin || alertOrigins.has(origin)
}

/** The name of an upstream as users know it. */
const nameOf = (upstream: UpstreamCall['upstream']): string =>
  upstream === 'C8' || upstream === 'goBox' ? upstream : ALERT_UPSTREAMS[upstream]

const SETTINGS: Partial<Record<UpstreamCall['upstream'], string>> = {
  C8: 'NUXT_C8_ALLOWED_ORIGINS',
  goBox: 'NUXT_GOBOX_URL',
}

type Fault = (reason: string, code: ErrorCode, more?: { params?: ErrorParams; cause?: unknown }) => UpstreamBroken

/** Creates the errors of one call. Unless an error says otherwise, the call may still take effect. */
function faultsOf({ upstream, step }: UpstreamCall, unanswered = true): Fault {
  return (reason, code, more) =>
    new UpstreamBroken(`${nameOf(upstream)} ${step.text}失败：${reason}，请稍后再试`, unanswered, {
      code,
      params: { upstream, step: step.name, ...step.params, ...more?.params },
      cause: more?.cause,
    })
}

/** Throws for a status that says neither yes nor no: a gateway may have given it, and the upstream be at it still. */
async function refuseFault(response: Response, fault: Fault, isJudgedByBody: boolean) {
  const { status } = response
  const isRedirect = status >= 300 && status < 400
  if (!isFault(status) || (isJudgedByBody && !isRedirect)) return
  await response.body?.cancel()
  throw isRedirect
    ? fault(`要求跳转（${status}），出于安全没有跟随`, 'upstream_redirects', { params: { status } })
    : fault(`服务出错（${status}）`, 'upstream_faulty', { params: { status } })
}

/** Reads an answer's JSON. That of a refusal need not be any; its text is then all that there is. */
function readAnswer(status: number, bytes: Buffer, fault: Fault, isOpaque: boolean): UpstreamAnswer {
  const isRefusal = status >= 400
  if (isOpaque && !isRefusal) return { status, body: undefined }
  let body: unknown
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    body = text.trim() === '' ? null : parseJson(text)
  } catch (error) {
    if (!isRefusal) throw fault('回答无法读懂', 'upstream_unreadable', { cause: error })
  }
  return isRefusal ? { status, body, text: bytes.toString('utf8') } : { status, body }
}

function checkAllowed({ upstream, url }: UpstreamCall) {
  if (isAllowed(upstream, url)) return
  const setting = SETTINGS[upstream] ?? 'NUXT_ALERT_ALLOWED_ORIGINS'
  throw new Refused(`不再允许访问这个 ${nameOf(upstream)} 地址，请管理员检查 ${setting}`, {
    code: 'upstream_not_allowed',
    params: { upstream, setting },
  })
}

/**
 * One call to an upstream: one deadline over all of it, an upper bound on the answer, no redirect followed. Resolves
 * for 2xx and for 4xx refusals, with the parsed JSON (`null` for an empty body, `undefined` for a refusal's that is
 * none). Throws UpstreamTimeout, UpstreamBroken, and Refused, with nothing sent, for an address that is not configured.
 */
export async function callUpstream(call: UpstreamCall): Promise<UpstreamAnswer> {
  const begin = performance.now()
  let outcome = 'broken'
  try {
    const answer = await ask(call)
    outcome = answer.status >= 400 ? 'refused' : 'ok'
    return answer
  } catch (error) {
    if (error instanceof UpstreamTimeout) outcome = 'timeout'
    else if (error instanceof ClientLeft) outcome = 'left'
    else if (error instanceof Refused) outcome = 'not_sent'
    throw error
  } finally {
    upstreamCalls.of(call.upstream, call.step.name, outcome).add((performance.now() - begin) / 1000)
  }
}

async function ask(call: UpstreamCall): Promise<UpstreamAnswer> {
  const { upstream, step, url, method = 'GET', headers, body, client } = call
  const { isJudgedByBody = false, isOpaque = false } = call
  const { upstreamTimeout, upstreamMaxBytes: bytes } = useConfig()
  checkAllowed(call)
  const fault = faultsOf(call)
  const deadline = AbortSignal.timeout(upstreamTimeout)
  const signal = client ? AbortSignal.any([deadline, client]) : deadline
  try {
    const response = await fetch(url, { method, headers: { ...HEADERS, ...headers }, body, redirect: 'manual', signal })
    await refuseFault(response, fault, isJudgedByBody)
    const answer = await readBounded(response, bytes)
    if (answer === null) throw fault(`回答超过 ${bytes} 字节`, 'upstream_too_large', { params: { bytes } })
    return readAnswer(response.status, answer, fault, isOpaque)
  } catch (error) {
    if (error instanceof UpstreamBroken) throw error
    if (client?.aborted) throw new ClientLeft()
    if (deadline.aborted)
      throw new UpstreamTimeout(
        `${nameOf(upstream)} ${step.text}超时（${upstreamTimeout / 1000} 秒内没有回答），请稍后再试`,
        {
          code: 'upstream_timeout',
          params: { upstream, step: step.name, ...step.params, seconds: upstreamTimeout / 1000 },
          cause: error,
        },
      )
    throw isProvablyUnsent(error as Error)
      ? faultsOf(call, false)('连接不上', 'upstream_unreachable', { cause: error })
      : fault('连接中断', 'upstream_disconnected', { cause: error })
  }
}
