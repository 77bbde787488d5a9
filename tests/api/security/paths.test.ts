import { beforeAll, describe, expect, it } from 'vitest'
import { useApp, type Shop } from '../server.ts'
import { rawRequest, readAnswer, sendRaw } from './raw.ts'

const world = useApp()
let shop: Shop

beforeAll(async () => {
  shop = await world.app.openShop()
  await world.app.addDevice(shop, { name: 'canary device' })
})

const TARGETS = [
  '/api/devices',
  '/api/devices/',
  '/api/devices//',
  '//api/devices',
  '/api//devices',
  '///api/devices',
  '/\\api/devices',
  '\\api\\devices',
  '/api\\devices',
  '/API/devices',
  '/Api/Devices',
  '/api/DEVICES',
  '/%61pi/devices',
  '/%61%70%69/devices',
  '/api%2fdevices',
  '/api%2Fdevices',
  '/%2fapi/devices',
  '/%2e%2e/api/devices',
  '/api%5cdevices',
  '/api%252fdevices',
  '/%2561pi/devices',
  '/./api/devices',
  '/x/../api/devices',
  '/api/../api/devices',
  '/api/health/../devices',
  '/api/health/..%2fdevices',
  '/api/health%2f..%2fdevices',
  '/api/health/%2e%2e/devices',
  '/api/create_order/../devices',
  '/api/access_token/../devices',
  '/_nuxt/../api/devices',
  '/_nuxt/..%2fapi/devices',
  '/api/devices;x',
  '/api;x/devices',
  '/api/devices;/api/health',
  '/api/health;/../devices',
  '/;/api/devices',
  '/api/devices%00',
  '/api%00/devices',
  '/api/devices%20',
  '/api/%20devices',
  '/api/devices%0a',
  '/api/devices.json',
  '/api/devices?x=/api/health',
  '/api/devices%3Fx',
  '/api/devices%23',
  '/api/health%3f/../devices',
  '/api/health#/../devices',
  '/api/devices#',
  'http://localhost/api/devices',
  'http://localhost//api/devices',
  'HTTP://evil.example/api/devices',
  'https://localhost/api/health/../devices',
  'http:/api/devices',
  'api/devices',
  '*',
  '',
  '?',
  '/%',
  '/%zz',
  '/%c0%af',
  '/api/%c0%ae%c0%ae/devices',
  '/api/devices/%',
  '/ａｐｉ/devices',
  '/api/devices/1/../../devices',
  '/public/..%5capi%5cdevices',
  '/__nuxt_error',
  '/__nuxt_island/x',
  '/__nuxt_island/x.json',
  '/_nuxt/',
  '/_nuxt/%2e%2e/%2e%2e/server/index.mjs',
  '/..%2f..%2fetc/passwd',
  '/../../package.json',
  '/.env',
  '/_ipx/_/x',
]
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'QUERY']

describe('no trick with the path opens anything', () => {
  it.each(TARGETS)('%j', async (target) => {
    for (const method of METHODS) {
      const { status, body } = readAnswer(
        await sendRaw(world.app.url, rawRequest(method, target, ['Sec-Fetch-Site: none'])),
      )
      const told = `${method} ${target}: ${status} ${body.slice(0, 100)}`
      expect(status, told).toBeGreaterThanOrEqual(200)
      expect(status, told).toBeLessThan(500)
      expect(body, told).not.toMatch(/canary|"state":1|"root"|root:|"dependencies"/)
      // What is no refusal is the page, which is the same for everybody.
      if (status < 400 && body) expect(body, told).toMatch(/^<!DOCTYPE html>/i)
      if (status < 400) expect(['GET', 'HEAD'], told).toContain(method)
    }
  })
})

describe('a path that looks like the API is never answered with the page', () => {
  it.each(TARGETS.filter((target) => /^[/\\]+(?:api|%61pi)/i.test(target)))('%j', async (target) => {
    expect(readAnswer(await sendRaw(world.app.url, rawRequest('GET', target))).status).toBeGreaterThanOrEqual(400)
  })
})

describe('a token given twice', () => {
  it.each([
    ['a wrong one first', (token: string) => ['Token: wrong', `Token: ${token}`]],
    ['a wrong one last', (token: string) => [`Token: ${token}`, 'Token: wrong']],
    ['two good ones', (token: string) => [`Token: ${token}`, `Token: ${token}`]],
    ['in another header', (token: string) => [`Authorization: Bearer ${token}`]],
    ['in a cookie', (token: string) => [`Cookie: Token=${token}`]],
  ])('%s: is refused', async (_, headers) => {
    const { status } = readAnswer(await sendRaw(world.app.url, rawRequest('GET', '/api/devices', headers(shop.token))))
    expect(status).toBe(401)
  })

  it('is refused in the query', async () => {
    const { status } = readAnswer(
      await sendRaw(world.app.url, rawRequest('GET', `/api/devices?Token=${shop.token}&token=${shop.token}`)),
    )
    expect(status).toBe(401)
  })
})

describe('a session that the browser keeps', () => {
  let cookie = ''
  const mine = { 'x-set-of-book': '' }
  const attributes = /^(gobox_[0-9a-f]{16}=[0-9a-f]{64}); Path=\/; HttpOnly; SameSite=Strict$/

  beforeAll(async () => {
    mine['x-set-of-book'] = encodeURIComponent(shop.name)
    const logIn = (headers: Record<string, string>) =>
      world.app.logInWith(shop.c8Token, { set_of_book: shop.name }, headers)
    expect((await logIn({})).headers.get('set-cookie')).toBeNull()
    expect((await logIn({ ...mine, 'x-forwarded-proto': 'https' })).headers.get('set-cookie')).toMatch(
      /^__Host-gobox_.+; Secure$/,
    )
    cookie = attributes.exec((await logIn(mine)).headers.get('set-cookie')!)![1]!
  })

  const ask = (headers: Record<string, string>, request = 'GET /api/devices') =>
    world.app.ask(request, { headers: { cookie, ...headers } })

  it('counts only where a page of ours names the account set, and a token in the header wins', async () => {
    expect((await ask({ ...mine, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    expect((await ask(mine)).status).toBe(200)
    expect((await ask({})).status).toBe(401)
    expect((await ask({ 'x-set-of-book': 'another' })).status).toBe(401)
    expect((await ask({ 'x-set-of-book': '%' })).status).toBe(401)
    expect((await ask({ ...mine, token: 'wrong' })).status).toBe(401)
    expect((await ask({ ...mine, token: '' })).status).toBe(401)
    expect((await ask({ token: shop.token })).status).toBe(200)
  })

  it.each(['cross-site', 'same-site', 'none'])('is of no use to a page elsewhere: %s', async (site) => {
    expect(await ask({ ...mine, 'sec-fetch-site': site })).toMatchObject({ status: 403, body: { code: 'cross_site' } })
  })

  it('lets no other origin ask whether it may send such a request', async () => {
    const answer = await fetch(`${world.app.url}/api/devices`, {
      method: 'OPTIONS',
      headers: { origin: 'http://127.0.0.1:1', 'access-control-request-headers': 'x-set-of-book' },
    })
    expect(answer.ok).toBe(false)
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  it('ends with the log-out', async () => {
    const answer = await ask(mine, 'DELETE /api/access_token')
    expect(answer.headers.get('set-cookie')).toMatch(/^gobox_[0-9a-f]{16}=; Expires=/)
    expect((await ask(mine)).status).toBe(401)
  })
})

describe("a request of another site's page", () => {
  it.each([
    'GET /api/orders?action=get_orders',
    'GET /api/orders/1?action=import',
    'GET /api/orders/1?action=init_order',
    'GET /api/devices',
    'DELETE /api/devices/1',
  ])('%s is refused', async (request) => {
    expect(
      await world.app.ask(request, { token: shop.token, headers: { 'sec-fetch-site': 'cross-site' } }),
    ).toMatchObject({ status: 403, body: { errmsg: expect.stringMatching(/其他网站/) } })
  })

  it('cannot log in', async () => {
    const calls = () => world.app.sandbox.control.calls('c8.security_keys')
    expect(
      await world.app.logInWith(shop.c8Token, { set_of_book: shop.name }, { 'sec-fetch-site': 'cross-site' }),
    ).toMatchObject({ status: 403 })
    expect(await calls()).toEqual([])
  })

  it.each(['same-origin', 'same-site', 'none'])('%s is none', async (site) => {
    expect(
      (await world.app.ask('GET /api/devices', { token: shop.token, headers: { 'sec-fetch-site': site } })).status,
    ).toBe(200)
  })

  it('gets no permission to read from here', async () => {
    const response = await fetch(`${world.app.url}/api/devices`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://evil.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'token',
      },
    })
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    expect(response.status).toBe(401)
  })
})
