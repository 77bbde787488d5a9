import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/*
 * Stand-ins for the robots of 企业微信, 钉钉 and 飞书 and for a receiver of signed webhooks: they check signature, size
 * and rate as the real ones do, and refuse with the real ones' codes.
 */

type RobotName = 'wecom' | 'dingtalk' | 'feishu' | 'webhook'

/** A message that was taken. */
interface TakenMessage {
  robot: RobotName
  at: number
  /** What people see. */
  text: string
  body: Record<string, unknown>
  /** `webhook-id`. */
  id?: string
}

/** What a robot does instead of its work. */
type RobotFault = 'hang' | 'redirect' | 'broken' | 'deleted' | 'garbage'

export interface Robots {
  url: string
  /** Where each is found, with its key. */
  addresses: Record<RobotName, string>
  secrets: { dingtalk: string; feishu: string; webhook: string }
  messages: TakenMessage[]
  /** Calls of each, refused ones, too. */
  calls: Record<RobotName, number>
  faults: Partial<Record<RobotName, RobotFault>>
  /** A word that messages to 钉钉 and 飞书 must hold. */
  keyword?: string
  close: () => Promise<void>
}

interface Options {
  now?: () => number
  /** Hours from UTC of the zone in which full and half hours are crowded. */
  hoursFromUtc?: number
}

interface Question {
  url: URL
  headers: IncomingMessage['headers']
  raw: string
  body: Record<string, unknown>
  now: number
}

/** What a robot answers: its code, or the message that it takes. */
type Verdict = { code: number; text: string } | { taken: string; id?: string }

const MINUTE = 60_000
const KEYS = { wecom: 'wecom-key-0001', dingtalk: 'dingtalk-token-0001', feishu: 'feishu-hook-0001' }
const SECRETS = {
  dingtalk: 'SEC-dingtalk-0001',
  feishu: 'SEC-feishu-0001',
  webhook: `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`,
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest('base64')

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}

const textAt = (body: Record<string, unknown>, part: string, field: string): string | undefined => {
  const value = (body[part] as Record<string, unknown> | undefined)?.[field]
  return typeof value === 'string' ? value : undefined
}

const CLOCKS = { dingtalk: 60 * MINUTE, feishu: 60 * MINUTE, webhook: 5 * MINUTE }

class Checks {
  readonly #times = new Map<string, number[]>()
  #silentUntil = -Infinity

  /** Whether one more in the span is too many. */
  isTooMany(robot: RobotName, within: number, most: number, now: number): boolean {
    const recent = (this.#times.get(robot) ?? []).filter((at) => now - at < within)
    return recent.length >= most
  }

  note(robot: RobotName, now: number) {
    this.#times.set(robot, [...(this.#times.get(robot) ?? []).filter((at) => now - at < MINUTE), now])
  }

  wecom({ url, body, now }: Question): Verdict {
    if (url.searchParams.get('key') !== KEYS.wecom) return { code: 93000, text: 'invalid webhook url' }
    const content = textAt(body, 'markdown', 'content')
    if (body.msgtype !== 'markdown' || content === undefined) return { code: 40008, text: 'invalid message type' }
    if (Buffer.byteLength(content) > 4096) return { code: 40058, text: 'markdown.content exceed max length 4096' }
    if (this.isTooMany('wecom', MINUTE, 20, now)) return { code: 45009, text: 'api freq out of limit' }
    return { taken: content }
  }

  dingtalk({ url, raw, body, now }: Question, keyword?: string): Verdict {
    const { searchParams } = url
    if (searchParams.get('access_token') !== KEYS.dingtalk) return { code: 300005, text: 'token is not exist' }
    const timestamp = searchParams.get('timestamp') ?? ''
    const sign = hmac(SECRETS.dingtalk, `${timestamp}\n${SECRETS.dingtalk}`)
    if (Math.abs(now - Number(timestamp)) > CLOCKS.dingtalk || !isSame(searchParams.get('sign') ?? '', sign))
      return { code: 310000, text: 'sign not match' }
    const text = textAt(body, 'markdown', 'text')
    if (body.msgtype !== 'markdown' || text === undefined || textAt(body, 'markdown', 'title') === undefined)
      return { code: 40035, text: '缺少参数 json' }
    if (Buffer.byteLength(raw) > 20_000) return { code: 460101, text: 'message too long, exceed 20000 bytes' }
    if (keyword !== undefined && !text.includes(keyword)) return { code: 310000, text: 'keywords not in content' }
    if (now < this.#silentUntil) return { code: 410100, text: 'send too fast, exceed 20 times per minute' }
    if (this.isTooMany('dingtalk', MINUTE, 20, now)) {
      this.#silentUntil = now + 10 * MINUTE
      return { code: 130101, text: 'send too fast' }
    }
    return { taken: text }
  }

  feishu({ url, raw, body, now }: Question, hoursFromUtc: number, keyword?: string): Verdict {
    if (!url.pathname.endsWith(`/${KEYS.feishu}`)) return { code: 19001, text: 'param invalid: incoming webhook' }
    const timestamp = typeof body.timestamp === 'string' ? body.timestamp : ''
    const sign = hmac(`${timestamp}\n${SECRETS.feishu}`, '')
    const isFresh = Math.abs(now - Number(timestamp) * 1000) <= CLOCKS.feishu
    if (!isFresh || !isSame(String(body.sign), sign))
      return { code: 19021, text: 'sign match fail or timestamp is not within one hour' }
    const text = textAt(body, 'content', 'text')
    if (body.msg_type !== 'text' || text === undefined) return { code: 9499, text: 'Bad Request' }
    if (Buffer.byteLength(raw) > 20 * 1024) return { code: 9499, text: 'request body is too large' }
    if (keyword !== undefined && !text.includes(keyword)) return { code: 19024, text: 'Key Words Not Found' }
    const minute = Math.floor((now + hoursFromUtc * 60 * MINUTE) / MINUTE) % 60
    const isCrowded = minute === 0 || minute === 30
    if (isCrowded || this.isTooMany('feishu', MINUTE, 100, now) || this.isTooMany('feishu', 1000, 5, now))
      return { code: 11232, text: 'frequency limited' }
    return { taken: text }
  }

  webhook({ headers, raw, body, now }: Question): Verdict {
    const [id, timestamp] = [String(headers['webhook-id']), String(headers['webhook-timestamp'])]
    const key = Buffer.from(SECRETS.webhook.slice('whsec_'.length), 'base64')
    const isSigned = String(headers['webhook-signature'])
      .split(' ')
      .some((signature) => isSame(signature, `v1,${hmac(key, `${id}.${timestamp}.${raw}`)}`))
    if (!isSigned || Math.abs(now - Number(timestamp) * 1000) > CLOCKS.webhook)
      return { code: 401, text: 'No matching signature found' }
    return { taken: String(body.type), id }
  }
}

function robotAt(path: string): RobotName | undefined {
  if (path === '/cgi-bin/webhook/send') return 'wecom'
  if (path === '/robot/send') return 'dingtalk'
  if (path.startsWith('/open-apis/bot/v2/hook/')) return 'feishu'
  return path === '/webhook' ? 'webhook' : undefined
}

function answer(response: ServerResponse, status: number, body: object) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function answerVerdict(response: ServerResponse, robot: RobotName, verdict: Verdict) {
  if (robot === 'webhook')
    return 'taken' in verdict ? response.writeHead(204).end() : answer(response, verdict.code, { error: verdict.text })
  const { code, text } = 'taken' in verdict ? { code: 0, text: 'ok' } : verdict
  answer(response, 200, robot === 'feishu' ? { code, msg: text, data: {} } : { errcode: code, errmsg: text })
}

/** What each fault answers; nothing for a robot that hangs. */
function misbehave(response: ServerResponse, robot: RobotName, fault: RobotFault) {
  if (fault === 'redirect') response.writeHead(302, { location: '/elsewhere' }).end()
  else if (fault === 'broken') answer(response, 503, {})
  else if (fault === 'garbage') response.writeHead(200).end('<html>')
  else if (fault === 'deleted')
    answerVerdict(response, robot, { code: robot === 'webhook' ? 410 : 93000, text: 'invalid webhook url' })
}

async function read(request: IncomingMessage, now: number): Promise<Question> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const raw = Buffer.concat(chunks).toString('utf8')
  let body = {}
  try {
    body = JSON.parse(raw) as Record<string, unknown>
  } catch {
    // Refused below: it has no text.
  }
  return { url: new URL(request.url ?? '/', 'http://robots'), headers: request.headers, raw, body, now }
}

const addressesAt = (url: string) => ({
  wecom: `${url}/cgi-bin/webhook/send?key=${KEYS.wecom}`,
  dingtalk: `${url}/robot/send?access_token=${KEYS.dingtalk}`,
  feishu: `${url}/open-apis/bot/v2/hook/${KEYS.feishu}`,
  webhook: `${url}/webhook`,
})

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** Starts the stand-ins on a port of loopback. */
export async function startRobots({ now = Date.now, hoursFromUtc = 8 }: Options = {}): Promise<Robots> {
  const checks = new Checks()
  const judge = (robot: RobotName, question: Question) =>
    robot === 'feishu'
      ? checks.feishu(question, hoursFromUtc, robots.keyword)
      : robot === 'dingtalk'
        ? checks.dingtalk(question, robots.keyword)
        : checks[robot](question)
  const server = createServer((request, response) => {
    void read(request, now()).then((question) => {
      const robot = robotAt(question.url.pathname)
      if (!robot) return answer(response, 404, {})
      robots.calls[robot]++
      const fault = robots.faults[robot]
      if (fault) return misbehave(response, robot, fault)
      const verdict = judge(robot, question)
      if ('taken' in verdict) {
        checks.note(robot, question.now)
        const { taken: text, id } = verdict
        robots.messages.push({ robot, at: question.now, text, body: question.body, id })
      }
      answerVerdict(response, robot, verdict)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const robots: Robots = {
    url,
    addresses: addressesAt(url),
    secrets: SECRETS,
    messages: [],
    calls: { wecom: 0, dingtalk: 0, feishu: 0, webhook: 0 },
    faults: {},
    close: () => closeServer(server),
  }
  return robots
}
