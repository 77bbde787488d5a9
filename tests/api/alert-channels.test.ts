import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AlertChannel, AlertDelivery } from '#shared/alerts'
import { startRobots, type Robots } from '../../sandbox/robots.ts'
import { expectNoSecretOnDisk } from './secrets.ts'
import { itHolds, itIsGuarded, type World } from './scenarios.ts'
import { App, failed, type Fields, type Shop } from './server.ts'

let app: App
let robots: Robots
let shop: Shop
let world: World

beforeAll(async () => {
  robots = await startRobots()
  app = await App.start({ NUXT_ALERT_ALLOWED_ORIGINS: robots.url, NUXT_UPSTREAM_TIMEOUT: '1000' })
  shop = await app.openShop()
  const channel = await addChannel({ type: 'wecom' })
  world = { app, shop, ids: { channel: channel.id } }
})
beforeEach(() => {
  robots.faults = {}
  robots.messages.length = 0
})
afterAll(async () => {
  await app?.close()
  await robots?.close()
})

type Type = AlertChannel['type']

function bodyOf({ type, ...fields }: Fields & { type: Type }): Fields {
  const isRobot = type !== 'email'
  const secret = type === 'dingtalk' || type === 'feishu' || type === 'webhook' ? robots.secrets[type] : undefined
  return { type, name: type, url: isRobot ? robots.addresses[type] : 'mailto:a@b.example', secret, ...fields }
}

async function addChannel(fields: Fields & { type: Type }): Promise<AlertChannel> {
  const { status, body } = await app.ask('POST /api/alert_channels', { token: shop.token, body: bodyOf(fields) })
  expect({ status, body }).toMatchObject({ status: 200 })
  return body as unknown as AlertChannel
}

const put = (id: number, body: Fields) => app.ask(`PUT /api/alert_channels/${id}`, { token: shop.token, body })
const test = (id: number) => app.ask(`POST /api/alert_channels/${id}/test`, shop)

describe('the channels', () => {
  itIsGuarded('GET /api/alert_channels', 'edit', () => world)
  itIsGuarded('POST /api/alert_channels', 'edit', () => world)
  itIsGuarded('PUT /api/alert_channels/{channel}', 'edit', () => world)
  itIsGuarded('DELETE /api/alert_channels/{channel}', 'edit', () => world)
  itIsGuarded('POST /api/alert_channels/{channel}/test', 'edit', () => world)
  itIsGuarded('GET /api/alert_deliveries', 'edit', () => world)

  const webhook = { type: 'webhook', name: 'w', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }
  const wecom = { type: 'wecom', name: 'w', url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k' }
  const refused: [string, Fields, RegExp, number?][] = [
    ['an unknown type', { ...wecom, type: 'sms' }, /^type：/],
    ['no name', { ...wecom, name: '' }, /^name：/],
    ['a robot by http', { ...wecom, url: wecom.url.replace('https', 'http') }, /^url：/],
    ['a robot elsewhere', { ...wecom, url: 'https://qyapi.weixin.qq.com.evil.example/?key=k' }, /^url：/],
    ['a robot with a user', { ...wecom, url: 'https://qyapi.weixin.qq.com@evil.example/?key=k' }, /^url：/],
    ['a robot at another port', { ...wecom, url: 'https://qyapi.weixin.qq.com:8443/?key=k' }, /^url：/],
    ['a webhook into our own network', { ...webhook, url: 'http://169.254.169.254/' }, /^url：/],
    ['a webhook to localhost', { ...webhook, url: 'http://localhost/' }, /^url：/],
    ['a file', { ...webhook, url: 'file:///etc/passwd' }, /^url：/],
    ['no address', { ...webhook, url: 'mailto:a@b' }, /^url：/],
    ['an hour that there is not', { ...wecom, digest_at: '24:00' }, /^digest_at：/],
    ['half of the quiet hours', { ...wecom, quiet_from: '22:00' }, /^quiet_to：/],
    ['an unknown severity', { ...wecom, min_severity: 'low' }, /^min_severity：/],
    ['a masked address', { ...wecom, url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=******' }, /^url：/],
    ['an e-mail to nobody', { type: 'email', name: 'e', url: 'mailto:nobody' }, /^url：/],
    ['an e-mail with a header', { type: 'email', name: 'e', url: 'mailto:a@b.c?bcc=d@e.f' }, /^url：/],
    ['an e-mail without a server', { type: 'email', name: 'e', url: 'mailto:a@b.c,d@e.f' }, /NUXT_SMTP_URL/, 422],
  ]
  itHolds(
    refused.map(([what, body, answer, status = 400]) => ({
      says: `refuses ${what}`,
      request: 'POST /api/alert_channels',
      body,
      status,
      answer: failed(answer),
    })),
    () => world,
  )
  it('refuses a webhook without a secret to sign with', async () => {
    const body = { ...bodyOf({ type: 'webhook' }), secret: undefined }
    expect(await app.ask('POST /api/alert_channels', { token: shop.token, body })).toMatchObject({
      status: 400,
      body: failed(/^secret：/),
    })
  })

  it('have defaults, and never show a secret again', async () => {
    const channel = await addChannel({ type: 'dingtalk', keyword: '售货' })
    expect(channel).toEqual({
      state: 1,
      id: expect.any(Number),
      name: 'dingtalk',
      type: 'dingtalk',
      url: `${robots.url}/robot/send?access_token=******`,
      secret: '******',
      keyword: '售货',
      enabled: true,
      min_severity: 'warning',
      digest_at: '08:07',
      quiet_from: null,
      quiet_to: null,
      last_sent_at: null,
      last_error: null,
    })
    const { id, url } = channel
    // Sent back masked, or left out: both stay.
    expect((await put(id, { url, secret: '******', name: '群' })).body).toMatchObject({ url, name: '群' })
    expect((await put(id, { quiet_from: '22:00', quiet_to: '08:00', digest_at: null })).body).toMatchObject({
      quiet_from: '22:00',
      digest_at: null,
    })
    expect((await test(id)).status).toBe(200)
    expect(await put(id, { type: 'wecom' })).toMatchObject({ status: 400, body: failed(/^type：/) })
    expect((await put(id, { secret: null })).body).toMatchObject({ secret: null })
    expect(await test(id)).toMatchObject({ status: 422, body: failed(/310000/) })
    const feishu = await addChannel({ type: 'feishu' })
    expect(feishu.url).toBe(`${robots.url}/open-apis/bot/v2/hook/******`)
    const shown = JSON.stringify([
      (await app.ask('GET /api/alert_channels', shop)).body,
      (await app.ask('GET /api/alert_deliveries', shop)).body,
      (await app.ask('GET /api/audit', shop)).body,
    ])
    const secrets = { token: 'dingtalk-token-0001', hook: 'feishu-hook-0001', sign: 'SEC-', whole: 'feishu-0001' }
    for (const secret of Object.values(secrets)) expect(shown + app.wholeOutput).not.toContain(secret)
    expectNoSecretOnDisk(app, secrets)
  })

  it('are tried at once; each failure says why, without the key', async () => {
    const { id } = await addChannel({ type: 'wecom' })
    expect((await test(id)).status).toBe(200)
    expect(robots.messages).toMatchObject([{ robot: 'wecom', text: expect.stringContaining('测试') }])
    const answers = { broken: 502, garbage: 502, redirect: 502, hang: 504, deleted: 422 } as const
    for (const [fault, status] of Object.entries(answers)) {
      robots.faults.wecom = fault as keyof typeof answers
      const answer = await test(id)
      expect({ fault, status: answer.status }).toEqual({ fault, status })
      expect(JSON.stringify(answer.body)).not.toContain('wecom-key-0001')
    }
    const { root } = (await app.ask<{ root: AlertChannel[] }>('GET /api/alert_channels', shop)).body
    const shown = root.find((channel) => channel.id === id)!
    expect(shown).toMatchObject({ last_error: expect.stringContaining('93000'), last_sent_at: expect.any(String) })
    const { body } = await app.ask<{ root: AlertDelivery[] }>('GET /api/alert_deliveries?limit=6', shop)
    expect(body.root.map(({ channel_id, type, sent_at }) => [channel_id, type, sent_at !== null])).toEqual([
      ...Array.from({ length: 5 }, () => [id, 'test', false]),
      [id, 'test', true],
    ])
    expect((await app.ask(`DELETE /api/alert_channels/${id}`, shop)).status).toBe(200)
    expect((await test(id)).status).toBe(404)
  })

  it('of a webhook get a signature by Standard Webhooks', async () => {
    const { id } = await addChannel({ type: 'webhook' })
    expect((await test(id)).status).toBe(200)
    expect(robots.messages).toMatchObject(
      [{ robot: 'webhook', id: /^msg_/, body: { type: 'test' } }].map(({ id: _, ...rest }) => rest),
    )
    await put(id, { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' })
    expect(await test(id)).toMatchObject({ status: 422, body: failed(/401/) })
  })

  it('are not called where the list of origins has changed since', async () => {
    const { id } = await addChannel({ type: 'webhook' })
    await app.end('SIGTERM')
    app.settings.NUXT_ALERT_ALLOWED_ORIGINS = 'https://elsewhere.example'
    await app.start()
    const before = robots.calls.webhook
    expect(await test(id)).toMatchObject({ status: 422, body: failed(/NUXT_ALERT_ALLOWED_ORIGINS/) })
    expect(robots.calls.webhook).toBe(before)
  })
})
