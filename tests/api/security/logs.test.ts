import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { expectNoSecret, secretsOf } from '../secrets.ts'
import { App, orderMessage, type Shop } from '../server.ts'
import { rawRequest, sendRaw } from './raw.ts'

// Each of these starts the app several times.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let app: App
let shop: Shop
const secretKey = randomBytes(32).toString('base64')

beforeAll(async () => {
  app = await App.start({ NUXT_SECRET_KEY: secretKey, NUXT_UPSTREAM_TIMEOUT: '500' })
  shop = await app.openShopWithCredentials()
})
afterAll(() => app?.close())

interface Line extends Record<string, unknown> {
  level: string
  time: string
  msg: string
}

const lines = () =>
  app.output
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)

/** The request's line, which may be written a moment after the answer. */
function lineOf(id: string | null): Promise<Line> {
  return vi.waitUntil(() => lines().find((line) => line.id === id), { timeout: 3000 })
}

describe('a request', () => {
  it('has one line with its id, which the answer names', async () => {
    const { headers } = await app.ask('GET /api/orders?action=trade_view&trans_id=canary', { token: shop.token })
    const line = await lineOf(headers.get('x-request-id'))
    expect(line).toMatchObject({
      level: 'info',
      msg: 'request',
      method: 'GET',
      path: '/api/orders',
      action: 'trade_view',
      status: 200,
      ms: expect.any(Number),
      address: '127.0.0.1',
      set: shop.id,
      user: '陈晓东',
    })
    expect(Date.parse(line.time)).toBeGreaterThan(Date.now() - 60_000)
    expect(lines().filter(({ id }) => id === line.id)).toHaveLength(1)
  })

  it('has an id of its own', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () => (await app.ask('GET /api/health')).headers.get('x-request-id')),
    )
    expect(new Set(ids).size).toBe(20)
  })

  it('that meets a bug says its id in the message, and the log says where', async () => {
    // A time that no date can be made of: the presenter stumbles over it.
    const id = await app.receive(shop, 'T-bug')
    app.change('UPDATE orders SET created_at = ? WHERE id = ?', 9e15, id)
    const { status, body, headers } = await app.ask(`GET /api/orders/${id}`, { token: shop.token })
    app.change('DELETE FROM orders')
    const requestId = headers.get('x-request-id')!
    expect(status).toBe(500)
    expect(body.errmsg).toContain(`请求号 ${requestId}`)
    const line = await lineOf(requestId)
    expect(line).toMatchObject({
      level: 'error',
      status: 500,
      err: { type: expect.any(String), stack: expect.arrayContaining([expect.stringMatching(/^at /)]) },
    })
  })

  it('that an upstream fails says its id, too', async () => {
    await app.sandbox.control.fault({ step: 'c8.lists', kind: 'status', status: 503, times: 1 })
    const { status, body, headers } = await app.ask('GET /api/stores', { token: shop.token })
    expect(status).toBe(502)
    expect(body.errmsg).toContain(`请求号 ${headers.get('x-request-id')}`)
  })

  it('cannot forge a line', async () => {
    const before = lines().length
    await sendRaw(
      app.url,
      rawRequest('GET', '/api/%0a{"level":"fatal","msg":"forged"}', [
        'X-Request-Id: forged',
        'X-Forwarded-For: 1.2.3.4"}{"msg":"forged"',
      ]),
    )
    await vi.waitUntil(() => lines().length > before)
    expect(lines().filter((line) => line.msg === 'forged' || line.id === 'forged')).toEqual([])
  })
})

describe('the log', () => {
  it('holds no secret after all kinds of requests, good and bad', async () => {
    const { token: newToken } = (
      await app.ask(`POST /api/set_of_books/${shop.id}/token`, { token: shop.token, body: { overlap_hours: 24 } })
    ).body as { token: string }
    const accessToken = (await app.ask('GET /api/set_of_books', { token: shop.token })).body.access_token as string
    const secrets = {
      session: shop.token,
      localToken: shop.localToken,
      newToken,
      c8Token: shop.c8Token,
      app_key: shop.app_key,
      accessToken,
      secretKey,
      inQuery: 'canary-query-4711',
      inPath: randomBytes(24).toString('hex'),
      inHeader: 'canary-header-4711',
      inBody: 'canary-body-4711',
      wrongToken: 'canary-wrong-4711',
      refusedKey: 'canary-app-key-4711',
    }
    await app.addDevice(shop)
    const id = await app.receive(shop, 'T-1')
    await app.ask(`POST /api/orders/${id}?action=import`, { token: shop.token })
    await app.ask('GET /api/orders?action=get_orders&start_date=2026-11-20&end_date=2026-11-21', { token: shop.token })
    await app.ask('PUT /api/automation', { token: shop.token, body: { downloads: true, imports: true } })
    for (const token of [secrets.wrongToken, shop.localToken]) await app.ask('GET /api/devices', { token })
    await app.ask('POST /api/create_order', {
      token: shop.localToken,
      body: { ...orderMessage('T-2'), trans_id: '', name: secrets.inBody },
    })
    await app.ask('POST /api/create_order', { token: shop.localToken, raw: `{"token":"${secrets.inBody}"` })
    await app.ask(`PUT /api/set_of_books/${shop.id}`, { token: shop.token, body: { app_key: secrets.refusedKey } })
    await app.ask(`GET /api/devices?token=${secrets.inQuery}&access_token=${shop.token}`, { token: shop.token })
    await app.ask(`GET /api/devices?${shop.token}=1&${shop.token}=2`, { token: shop.token })
    await app.ask(`GET /api/orders/${secrets.inPath}`, { token: shop.token })
    await app.ask(`GET /api/${shop.token}`, { token: shop.token })
    await app.ask('GET /api/devices', {
      token: shop.token,
      headers: { authorization: `Bearer ${secrets.inHeader}`, cookie: secrets.inHeader },
    })
    await app.logInWith(secrets.wrongToken, { set_of_book: shop.name })
    for (const kind of ['garbage', 'reset', 'status', 'lapsed_token', 'refuse', 'redirect', 'slow'] as const) {
      for (const step of ['c8', 'gobox'] as const) {
        await app.sandbox.control.fault({ step, kind, times: 1, message: 'upstream says' })
        await app.ask('GET /api/stores', { token: shop.token })
        await app.ask('GET /api/orders?action=get_orders&trans_id=T-1', { token: shop.token })
        await app.sandbox.control.clearFaults()
      }
    }
    await app.sandbox.control.removeToken(shop.c8Token)
    await app.ask('GET /api/stores', { token: shop.token })
    await vi.waitUntil(() => lines().at(-1)!.path === '/api/stores')
    await app.restart()
    await sendRaw(app.url, rawRequest('GET', '/api/devices', [`Token: ${shop.token}\u0001`]))
    await vi.waitUntil(() => lines().length > 1)
    expect(app.wholeOutput.split('\n').length).toBeGreaterThan(40)
    expectNoSecret(app.wholeOutput, 'the log', { ...secrets, ...(await secretsOf(app, [shop])) })
  })
})

it('lets services speak without knowing of HTTP', async () => {
  const { globSync } = await import('node:fs')
  for (const file of globSync('server/{services,repositories,connectors,db}/**/*.ts'))
    expect(readFileSync(file, 'utf8'), file).not.toMatch(/from 'h3'|console\./)
})
