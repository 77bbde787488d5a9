import { parseJson } from '../utils/parse-json.ts'
import { parseOrigin, useConfig } from '../utils/config.ts'
import { Refused, UpstreamBroken, UpstreamTimeout } from '../utils/errors.ts'

export interface UpstreamCall {
  upstream: 'goBox' | 'C8'
  /** What the call is for, in Chinese, as it stands in an error: “C8 查询条码失败…”. */
  step: string
  url: string
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: string
}

export interface UpstreamAnswer {
  status: number
  body: unknown
}

/** Errors of a connection that was never made: the call cannot have reached the upstream. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])
/** A gateway's word that it got no answer: the upstream itself may still be at it. */
const NO_ANSWER_STATUSES = new Set([502, 504])
const FAULT_STATUSES = new Set([408, 429])

/** Not compressed: `maxBytes` then bounds what is sent, too. What comes compressed all the same is counted as it unfolds. */
const HEADERS = { accept: 'application/json', 'accept-encoding': 'identity' }

const MAX_REASON = 200

/** An upstream's own words for a person: plain text of at most 200 characters, without the secrets that the call carried. */
export function reasonText(reason: unknown, secrets: string[] = []): string {
  const text = typeof reason === 'string' || typeof reason === 'number' ? String(reason) : ''
  const safe = secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
  // eslint-disable-next-line no-control-regex
  const plain = safe.replace(/[\u0000-\u001F\u007F]+/g, ' ').trim()
  return plain.length > MAX_REASON ? `${plain.slice(0, MAX_REASON)}…` : plain || '没有说明原因'
}

/** Whether a status is a fault (worth another try), not a refusal. */
function isFault(status: number): boolean {
  return status < 200 || (status >= 300 && status < 400) || status >= 500 || FAULT_STATUSES.has(status)
}

async function readBounded(response: Response, maxBytes: number): Promise<string | null> {
  if (!response.body) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  // Breaking out of the loop cancels the stream, so that a too large answer is not read on.
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > maxBytes) return null
    chunks.push(chunk)
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
}

function errorCode(error: unknown): string {
  const { cause, code } = error as { cause?: { code?: string }; code?: string }
  return cause?.code ?? code ?? ''
}

/** The upstreams' origins as configured: a session or a row may name one that has been taken back since. */
function isAllowed(upstream: UpstreamCall['upstream'], url: string): boolean {
  const { goboxUrl, c8Origins } = useConfig()
  const origin = parseOrigin(url)
  if (origin === null) return false
  return upstream === 'C8' ? c8Origins.has(origin) : goboxUrl !== undefined && parseOrigin(goboxUrl) === origin
}

/**
 * One call to an upstream: one deadline over all of it, an upper bound on the answer, no redirect followed. Resolves for 2xx and
 * for 4xx refusals, with the parsed JSON (`null` for an empty body, `undefined` for a refusal's that is none).
 * Throws UpstreamTimeout, UpstreamBroken, and Refused, with nothing sent, for an address that is not configured.
 */
export async function callUpstream({
  upstream,
  step,
  url,
  method = 'GET',
  headers,
  body,
}: UpstreamCall): Promise<UpstreamAnswer> {
  const { upstreamTimeout, upstreamMaxBytes } = useConfig()
  const broken = (reason: string, unanswered: boolean, cause?: unknown) =>
    new UpstreamBroken(`${upstream} ${step}失败：${reason}，请稍后再试`, unanswered, { cause })
  if (!isAllowed(upstream, url))
    throw new Refused(
      `不再允许访问这个 ${upstream} 地址，请管理员检查${upstream === 'C8' ? ' NUXT_C8_ALLOWED_ORIGINS' : ' NUXT_GOBOX_URL'}`,
    )
  const signal = AbortSignal.timeout(upstreamTimeout)
  let status: number
  let text: string | null
  try {
    const response = await fetch(url, { method, headers: { ...HEADERS, ...headers }, body, redirect: 'manual', signal })
    status = response.status
    if (isFault(status)) {
      await response.body?.cancel()
      throw broken(
        status >= 300 && status < 400 ? `要求跳转（${status}），出于安全没有跟随` : `服务出错（${status}）`,
        NO_ANSWER_STATUSES.has(status),
      )
    }
    text = await readBounded(response, upstreamMaxBytes)
  } catch (error) {
    if (error instanceof UpstreamBroken) throw error
    if (signal.aborted)
      throw new UpstreamTimeout(`${upstream} ${step}超时（${upstreamTimeout / 1000} 秒内没有回答），请稍后再试`, {
        cause: error,
      })
    if (error instanceof TypeError && error.message.includes('encoded data')) throw broken('回答无法读懂', true, error)
    const notSent = NOT_SENT.has(errorCode(error))
    throw broken(notSent ? '连接不上' : '连接中断', !notSent, error)
  }
  if (text === null) throw broken(`回答超过 ${upstreamMaxBytes} 字节`, true)
  if (text.trim() === '') return { status, body: null }
  try {
    return { status, body: parseJson(text) }
  } catch (error) {
    if (status >= 400) return { status, body: undefined }
    throw broken('回答无法读懂', true, error)
  }
}
