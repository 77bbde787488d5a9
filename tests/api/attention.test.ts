import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AlertChannel, AlertDelivery } from '#shared/alerts'
import type { AttentionItem } from '#shared/attention'
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
  const neighbour = await app.openShop()
  const channel = await addChannel({ type: 'wecom' })
  await app.ask('POST /api/create_order', { token: shop.localToken, body: { trans_id: 'broken' } })
  await vi.waitUntil(async () => (await list()).length === 1, { timeout: 10_000, interval: 100 })
  world = { app, shop, ids: { channel: channel.id, neighbour: neighbour.id } }
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

const list = async (query = '', token = shop.token) =>
  (await app.ask<{ root: AttentionItem[] }>(`GET /api/attention${query}`, { token })).body.root
const put = (id: number, body: Fields) => app.ask(`PUT /api/alert_channels/${id}`, { token: shop.token, body })
const test = (id: number) => app.ask(`POST /api/alert_channels/${id}/test`, shop)
const rejected = { kind: 'message_rejected', key: '' }

describe('GET /api/attention', () => {
  itIsGuarded('GET /api/attention', 'view', () => world)

  it('lists what needs somebody, and where it is mended', async () => {
    expect(await list()).toEqual([
      {
        ...rejected,
        severity: 'warning',
        title: '看不懂的消息',
        detail: expect.stringMatching(/重放或删除/),
        detail_code: null,
        detail_params: null,
        count: 1,
        amount: null,
        since: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
        to: '/settings?tab=messages',
        snoozed_until: null,
        snoozed_user: null,
      },
    ])
  })

  it('comes in pages, the gravest first, a reason an item, and shows exactly its orders', async () => {
    const own = await app.openShop()
    const ask = <Body = Fields>(request: string, body?: unknown) => app.ask<Body>(request, { token: own.token, body })
    await app.addDevice(own)
    const product = { num: 1, amount: 1, cost: 1, name: 'x' }
    for (const barcode of ['1111', '2222'])
      await app.receive(own, `T-${barcode}`, { products: [{ ...product, barcode }] })
    await app.receive(own, 'T-alone', { dev_id: 77 })
    await ask('POST /api/imports', { filter: {} })
    const read = async () => (await ask<{ total: number; root: AttentionItem[] }>('GET /api/attention')).body
    await expect.poll(async () => (await read()).total).toBe(4)
    const { root } = await read()
    const unconfigured = root.find(({ kind }) => kind === 'cabinet_unconfigured')!
    expect(unconfigured).toMatchObject({ key: '77', severity: 'warning', count: 1, amount: 10.5 })
    const failures = root.filter(({ kind }) => kind === 'import_failed')
    expect(failures.map(({ count }) => count)).toEqual([1, 1, 1])
    for (const { key, to, detail_code } of failures) {
      expect(detail_code).toMatch(/product_unknown|device_unconfigured/)
      const { body } = await ask<{ root: Fields[] }>(to.replace('/orders?', 'GET /api/orders?action=trade_view&'))
      expect(body.root.map(({ import_error }) => import_error)).toEqual([key])
    }
    expect((await ask<{ total: number; root: unknown[] }>('GET /api/attention?start=1&limit=2')).body).toEqual({
      state: 1,
      total: 4,
      root: root.slice(1, 3),
    })
  })

  it('tells that goBox refuses the account, until it takes it again', async () => {
    const own = await app.openShopWithCredentials()
    const download = () =>
      app.ask('GET /api/orders?action=get_orders&start_date=2026-11-20&end_date=2026-11-20', { token: own.token })
    app.change('UPDATE set_of_books SET expired_at = 0 WHERE id = ?', own.id)
    await app.sandbox.control.fault({ step: 'gobox.token', kind: 'refuse', times: 1 })
    expect((await download()).status).toBe(422)
    const kinds = async () => (await list('', own.token)).map(({ kind, severity }) => `${severity} ${kind}`)
    await expect.poll(kinds).toEqual(['critical gobox_login_failing'])
    expect((await download()).status).toBe(200)
    await expect.poll(kinds).toEqual([])
  })

  it("keeps what is about the machine to those who may edit, and shows nothing of another account set's", async () => {
    expect(await list('', (await app.logIn(shop.name, 1)).token)).toHaveLength(1)
    expect(await list('', (await app.openShop()).token)).toEqual([])
  })
})

describe('POST /api/attention/snooze', () => {
  const soon = () => Math.floor(Date.now() / 1000) + 3600
  itIsGuarded('POST /api/attention/snooze', 'edit', () => world, { ...rejected, until: null })
  itHolds(
    [
      ...['2020-01-01', Math.floor(Date.now() / 1000) + 31 * 86_400, 'soon', undefined].map((until) => ({
        says: `refuses ${until}`,
        request: 'POST /api/attention/snooze',
        body: { ...rejected, until },
        status: 400,
        answer: failed(/^until：/),
      })),
      ...[
        { kind: 'message_rejected', key: 'x' },
        { kind: 'import_stuck', key: '' },
        { kind: 'unheard_of', key: '' },
      ].map((name) => ({
        says: `does not find ${name.kind} “${name.key}”`,
        request: 'POST /api/attention/snooze',
        body: { ...name, until: null },
        status: 404,
        answer: failed(/./, 'attention_not_found'),
      })),
    ],
    () => world,
  )

  it('takes it off the list for everybody until it is put back, also after a restart', async () => {
    const snooze = async (until: number | null) =>
      (await app.ask('POST /api/attention/snooze', { token: shop.token, body: { ...rejected, until } })).status
    expect(await snooze(soon())).toBe(200)
    expect(await list()).toEqual([])
    await app.restart()
    expect(await list()).toEqual([])
    expect(await list('?snoozed=1')).toMatchObject([
      { ...rejected, snoozed_user: '陈晓东', snoozed_until: expect.any(String) },
    ])
    expect(await snooze(null)).toBe(200)
    expect(await list('?snoozed=1')).toEqual([])
    expect(await list()).toMatchObject([{ ...rejected, snoozed_until: null }])
  })
})

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
