import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { Refused, UpstreamBroken } from '../errors.ts'
import { secretsOfAddress } from './alert-addresses.ts'
import { ALERT_UPSTREAMS, callUpstream, reasonText, type UpstreamAnswer } from './http.ts'

/*
 * How the robots of 企业微信, 钉钉 and 飞书 and a signed webhook are spoken to (docs/upstreams.md, Alerts). A robot's
 * answer is well when its code is 0, whatever the status.
 */

type Robot = 'wecom' | 'dingtalk' | 'feishu'

/** The robot is rate limiting us; it accepts messages again after so many milliseconds. */
export class RobotBusy extends Refused {
  readonly restFor: number
  constructor(message: string, restFor: number, options: ConstructorParameters<typeof Refused>[1]) {
    super(message, options)
    this.restFor = restFor
  }
}

const MINUTE = 60_000
/** Error codes for “too many messages”, and how long the robot then refuses them. */
const BUSY: Record<Robot, Map<number, number>> = {
  wecom: new Map([[45009, MINUTE]]),
  dingtalk: new Map([
    [130101, 10 * MINUTE],
    [410100, 10 * MINUTE],
  ]),
  feishu: new Map([[11232, MINUTE]]),
}

const STEP = { name: 'send_alert', text: '发送通知' }

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest('base64')

const code = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
])
const answerSchema = z.union([
  z.object({ errcode: code, errmsg: z.unknown().optional() }).transform(({ errcode, errmsg }) => [errcode, errmsg]),
  z.object({ code, msg: z.unknown().optional() }).transform(({ code, msg }) => [code, msg]),
])

const FAULT = 500

/** Throws unless the robot confirms that it accepted the message. */
function judge(robot: Robot, { status, body }: UpstreamAnswer, secrets: string[]) {
  const answer = answerSchema.safeParse(body)
  const name = ALERT_UPSTREAMS[robot]
  const params = { upstream: robot, step: STEP.name }
  if (!answer.success)
    throw status >= FAULT
      ? new UpstreamBroken(`${name} ${STEP.text}失败：服务出错（${status}），请稍后再试`, true, {
          code: 'upstream_faulty',
          params: { ...params, status },
        })
      : new UpstreamBroken(`${name} ${STEP.text}失败：回答无法读懂，请稍后再试`, true, {
          code: 'upstream_unreadable',
          params,
        })
  const [number, text] = answer.data as [number, unknown]
  if (number === 0) return
  const reason = `${reasonText(text, secrets)}（${number}）`
  const options = { code: 'upstream_refuses', params: { ...params, reason } } as const
  const message = `${name} ${STEP.text}被拒绝：${reason}`
  const restFor = BUSY[robot].get(number)
  throw restFor === undefined ? new Refused(message, options) : new RobotBusy(message, restFor, options)
}

async function tell(robot: Robot, url: string, body: object, secrets: string[]) {
  const answer = await callUpstream({
    upstream: robot,
    step: STEP,
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    isJudgedByBody: true,
  })
  judge(robot, answer, [...secrets, ...secretsOfAddress(url)])
}

/** Sends markdown to a robot of 企业微信. */
export function sendToWecom(url: string, content: string): Promise<void> {
  return tell('wecom', url, { msgtype: 'markdown', markdown: { content } }, [])
}

/** Sends markdown to a robot of 钉钉, signed where it has a secret. */
export function sendToDingtalk(
  url: string,
  secret: string | null,
  { title, text }: { title: string; text: string },
  now: number,
): Promise<void> {
  const address = new URL(url)
  const sign = secret === null ? null : hmac(secret, `${now}\n${secret}`)
  if (sign !== null) {
    address.searchParams.set('timestamp', String(now))
    address.searchParams.set('sign', sign)
  }
  const body = { msgtype: 'markdown', markdown: { title, text } }
  return tell(
    'dingtalk',
    address.href,
    body,
    [secret, sign].filter((one) => one !== null),
  )
}

/** Sends text to a robot of 飞书, signed where it has a secret. */
export function sendToFeishu(url: string, secret: string | null, text: string, now: number): Promise<void> {
  const timestamp = String(Math.floor(now / 1000))
  const signed = secret === null ? {} : { timestamp, sign: hmac(`${timestamp}\n${secret}`, '') }
  const body = { ...signed, msg_type: 'text', content: { text } }
  return tell('feishu', url, body, secret === null ? [] : [secret, signed.sign!])
}

export const WEBHOOK_SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/

/** Posts JSON signed per Standard Webhooks (standardwebhooks.com); retries reuse `id`. */
export async function sendToWebhook(url: string, secret: string, id: string, body: string, now: number): Promise<void> {
  const timestamp = String(Math.floor(now / 1000))
  const key = Buffer.from(WEBHOOK_SECRET.exec(secret)![1]!, 'base64')
  const { status, text } = await callUpstream({
    upstream: 'webhook',
    step: STEP,
    url,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${hmac(key, `${id}.${timestamp}.${body}`)}`,
    },
    body,
    isOpaque: true,
  })
  if (status < 400) return
  const reason = `${status} ${reasonText(text?.trim() || '没有说明原因', [secret, ...secretsOfAddress(url)])}`
  throw new Refused(`Webhook ${STEP.text}被拒绝：${reason}`, {
    code: 'upstream_refuses',
    params: { upstream: 'webhook', step: STEP.name, reason },
  })
}
