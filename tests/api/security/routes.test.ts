import { beforeAll, describe, expect, it, vi } from 'vitest'
import { failed, useApp, type Shop } from '../server.ts'
import { routeFiles } from './route-files.ts'

/** Answers without a session: the webhook, which asks for its own token, the log-in, the
 * description of the API and the health checks. */
const OPEN = [
  'POST /api/create_order',
  'GET /api/access_token',
  'GET /api/health',
  'GET /api/health/live',
  'GET /api/openapi.json',
]
/** Needs a session, but no permission: who logged in may log out. */
const FOR_EVERYBODY = ['DELETE /api/access_token']
/** Takes the view bit alone, as it changes what is the caller's own: nothing of it here, where the view is shared. */
const PERSONAL = [
  'POST /api/order_views',
  'PUT /api/order_views/default',
  'PUT /api/order_views/[id]',
  'DELETE /api/order_views/[id]',
]

const requests = routeFiles.flatMap(({ method, path, queries }) =>
  queries.map((query) => ({ name: `${method} ${path}`, request: `${method} ${path}${query}` })),
)
const guarded = requests.filter(({ name }) => !OPEN.includes(name))
const world = useApp()
let shop: Shop
let other: Shop
let viewer: string
const ids: Record<string, number> = {}

/** The request with an id of the shop's own in its path. */
function withId(request: string): string {
  const [, noun] = /\/api\/(\w+)\/\[id\]/.exec(request) ?? []
  return request.replace('[date]', '2026-01-01').replace('[id]', String(ids[noun ?? ''] ?? 1))
}

beforeAll(async () => {
  const { app } = world
  shop = await app.openShopWithCredentials()
  other = await app.openShop()
  viewer = (await app.logIn(shop.name, 1)).token
  ids.set_of_books = shop.id
  ids.devices = await app.addDevice(shop, { name: 'canary device' })
  ids.orders = await app.receive(shop, 'canary-order')
  // Waits for its device, so that nothing runs by itself while the tests look.
  await app.receive(shop, 'canary-waiting', { dev_id: 99 })
  ids.imports = (await app.ask('POST /api/imports', { token: shop.token, body: { ids: [ids.orders] } })).body
    .id as number
  ids.jobs = ids.imports
  await app.ask('POST /api/create_order', { token: shop.localToken, body: { trans_id: 'canary-rejected' } })
  const channel = {
    type: 'wecom',
    name: 'canary channel',
    url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k',
  }
  ids.alert_channels = (await app.ask('POST /api/alert_channels', { token: shop.token, body: channel })).body
    .id as number
  const view = { name: 'canary view', query: 'q=canary', shared: 1 }
  ids.order_views = (await app.ask('POST /api/order_views', { token: shop.token, body: view })).body.id as number
  ids.rejected_messages = app.rows<{ id: number }>('SELECT id FROM rejected_messages')[0]!.id
  await vi.waitUntil(
    () => app.rows('SELECT 1 FROM orders WHERE import_lease IS NOT NULL OR import_due_at IS NOT NULL').length === 0,
    { timeout: 10_000 },
  )
})

/** What nobody without the right may change. Who calls is noted elsewhere: sessions slide, the audit grows. */
function snapshot() {
  return [
    ...world.app.snapshot(),
    world.app.rows('SELECT * FROM automations'),
    world.app.rows('SELECT * FROM rejected_messages'),
    world.app.rows('SELECT * FROM replaced_tokens'),
    world.app.rows('SELECT id, name, url_sealed, secret_sealed, enabled FROM alert_channels'),
    world.app.rows('SELECT * FROM order_views'),
    world.app.rows('SELECT * FROM order_view_defaults'),
  ]
}

it('knows every route file, and every open route is one of them', () => {
  expect(routeFiles.length).toBeGreaterThan(20)
  for (const name of OPEN) expect(requests.map((request) => request.name)).toContain(name)
})

describe('without a token', () => {
  it.each(guarded)('$request is refused', async ({ request }) => {
    const before = snapshot()
    expect(await world.app.ask(withId(request), { body: request.startsWith('GET') ? undefined : {} })).toMatchObject({
      status: 401,
      body: failed(),
    })
    expect(snapshot()).toEqual(before)
  })
})

describe('with a token that may only view', () => {
  it.each(guarded.filter(({ name }) => !FOR_EVERYBODY.includes(name)))(
    '$request changes nothing',
    async ({ name, request }) => {
      const before = snapshot()
      const isStream = name.endsWith('/events')
      const [method, path] = (isStream ? request.replace('[id]', '999999') : withId(request)).split(' ')
      const { status } = await fetch(world.app.url + path!, {
        method,
        headers: { token: viewer, 'content-type': 'application/json' },
        body: method === 'GET' ? undefined : '{}',
      })
      // What is no GET needs more than the view bit.
      const isMore = !request.startsWith('GET') && !(PERSONAL.includes(name) && !name.includes('[id]'))
      expect(isMore ? [403] : [200, 400, 403, 404, 422]).toContain(status)
      if (/action=(?:import|init_order|get_orders|retry|cancel|replay)/.test(request)) expect(status).toBe(403)
      expect(snapshot()).toEqual(before)
    },
  )
})

describe('as another account set', () => {
  const named = guarded.filter(({ name }) => name.includes('[id]'))
  it.each(named)('$request is not there', async ({ request }) => {
    const before = snapshot()
    const path = withId(request)
    const body = request.startsWith('GET') ? undefined : { note: 'x' }
    const theirs = await world.app.ask(path, { token: other.token, body })
    const nobodys = await world.app.ask(path.replace(/\/\d+(?=[/?]|$)/, '/987654321'), { token: other.token, body })
    expect(theirs.status).toBe(404)
    expect({ ...theirs, headers: undefined }).toEqual({ ...nobodys, headers: undefined })
    expect(snapshot()).toEqual(before)
  })

  const lists = guarded.filter(({ name }) => name.startsWith('GET') && !name.includes('[id]'))
  it.each(lists)('$request shows nothing of it', async ({ request }) => {
    const response = await fetch(world.app.url + request.split(' ')[1], { headers: { token: other.token } })
    const text = await response.text()
    expect(text).not.toMatch(/canary/)
    for (const secret of [shop.name, shop.localToken, shop.app_key]) expect(text).not.toContain(secret)
  })
})
