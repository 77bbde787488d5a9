import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSandbox, type Sandbox } from '../../sandbox/server.ts'
import { engine } from './database.ts'
import { App, failed, useApp, type Fields } from './server.ts'

const context = useApp({ NUXT_UPSTREAM_TIMEOUT: '1000', NUXT_UPSTREAM_MAX_BYTES: '100000' })
const HOUR = 3_600_000
let addresses = 0

/** Each from an address of its own, so that failed log-ins do not add up. */
function logIn(token: string | undefined, query: Record<string, string>, app = context.app) {
  addresses++
  return app.logInWith(token, query, { 'x-forwarded-for': `10.1.${addresses >> 8}.${addresses & 255}` })
}

const countsOfC8 = () => context.app.sandbox.control.counts()

describe('a log-in', () => {
  it('answers a session token with level, end and user', async () => {
    const { app } = context
    const { name } = await app.addSetOfBook()
    const { status, body } = await logIn(await app.addC8Token(5, [name]), { set_of_book: name })
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        state: 1,
        token: expect.stringMatching(/^[0-9a-f]{64}$/),
        access_level: 5,
        user_name: '陈晓东',
        time_zone: 'Asia/Shanghai',
        expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      },
    })
    const end = Date.parse(`${(body.expires_at as string).replace(' ', 'T')}+08:00`)
    expect(Math.abs(end - Date.now() - 12 * HOUR)).toBeLessThan(60_000)
    expect((await app.ask('GET /api/devices', { token: body.token as string })).status).toBe(200)
  })

  it("sends the caller's token and the permission key to C8, and nothing to goBox", async () => {
    const { app } = context
    const { name } = await app.addSetOfBook('账套 1/2')
    const token = await app.addC8Token(15, [name])
    expect((await logIn(token, { set_of_book: name })).status).toBe(200)
    await expect.poll(() => app.sandbox.control.calls()).toHaveLength(3)
    expect((await app.sandbox.control.calls()).map((call) => [call.path, call.token])).toEqual([
      ['/api/security_keys?action=has_security_key&security_key=gobox', token],
      [`/api/set_of_books/${encodeURIComponent(name)}`, token],
      [expect.stringMatching(/^\/api\/retails\?source=gobox&source_id=self-check-/), token],
    ])
  })

  it('takes the stated user where C8 names none, and asks for one where neither does', async () => {
    const { app } = context
    const { name } = await app.addSetOfBook()
    const token = await app.addC8Token(15, [name], '')
    expect((await logIn(token, { set_of_book: name, user_name: '赵敏' })).body.user_name).toBe('赵敏')
    expect(await logIn(token, { set_of_book: name, user_name: '' })).toMatchObject({
      status: 400,
      body: failed(/^user_name：/),
    })
  })

  it('takes a url with a path as its origin', async () => {
    const { app } = context
    const { name } = await app.addSetOfBook()
    expect(
      (await logIn(await app.addC8Token(15, [name]), { set_of_book: name, url: `${app.sandbox.c8Url}/index.html?x=1` }))
        .status,
    ).toBe(200)
  })

  it('of two accounts at once to a new account set makes one row', async () => {
    const { app } = context
    const { name } = await app.addSetOfBook()
    const token = await app.addC8Token(15, [name])
    const answers = await Promise.all(Array.from({ length: 10 }, () => logIn(token, { set_of_book: name })))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(new Set(answers.map(({ body }) => body.token)).size).toBe(10)
    expect(app.rows('SELECT id FROM set_of_books WHERE set_of_book = ?', name)).toHaveLength(1)
  })

  it('makes a fresh local token for each account set, and later log-ins keep it', async () => {
    const { app } = context
    const [one, two] = [await app.openShop(), await app.openShop()]
    expect(one.localToken).not.toBe(two.localToken)
    const { token } = await app.logIn(one.name, 15)
    expect((await app.ask('GET /api/set_of_books', { token })).body.token).toBe(one.localToken)
  })
})

describe('a log-in is refused', () => {
  interface Refusal {
    says: string
    token?: string | null
    query?: Record<string, string>
    status: number
    errmsg: RegExp
    calls?: number
  }
  it.each<Refusal>([
    { says: 'without a token', token: null, status: 401, errmsg: /Token/, calls: 0 },
    { says: 'with an empty token', token: '', status: 401, errmsg: /Token/, calls: 0 },
    { says: 'without url', query: { url: '' }, status: 400, errmsg: /^url：/, calls: 0 },
    { says: 'without an account set', query: { set_of_book: '' }, status: 400, errmsg: /^set_of_book：/, calls: 0 },
    { says: 'with a blank account set', query: { set_of_book: '  ' }, status: 400, errmsg: /^set_of_book：/, calls: 0 },
    {
      says: 'with an account set of 65 characters',
      query: { set_of_book: 'x'.repeat(65) },
      status: 400,
      errmsg: /^set_of_book：/,
      calls: 0,
    },
    {
      says: 'from another host',
      query: { url: 'http://127.0.0.2:{port}' },
      status: 403,
      errmsg: /不允许从这个 C8 地址登录/,
      calls: 0,
    },
    { says: 'from another port', query: { url: 'http://127.0.0.1:1' }, status: 403, errmsg: /不允许/, calls: 0 },
    {
      says: 'from another scheme',
      query: { url: 'https://127.0.0.1:{port}' },
      status: 403,
      errmsg: /不允许/,
      calls: 0,
    },
    {
      says: 'from an address that begins alike',
      query: { url: 'http://127.0.0.1:{port}.evil.example' },
      status: 403,
      errmsg: /不允许/,
      calls: 0,
    },
    {
      says: 'from an address with the allowed one as its user',
      query: { url: 'http://127.0.0.1:{port}@evil.example' },
      status: 403,
      errmsg: /不允许/,
      calls: 0,
    },
    {
      says: 'from an address with a user',
      query: { url: 'http://me:pw@127.0.0.1:{port}' },
      status: 403,
      errmsg: /不允许/,
      calls: 0,
    },
    { says: 'from what is no address', query: { url: 'C8' }, status: 403, errmsg: /不允许/, calls: 0 },
    { says: 'from a file', query: { url: 'file:///etc/passwd' }, status: 403, errmsg: /不允许/, calls: 0 },
    { says: 'with a token that C8 does not know', token: 'unknown', status: 403, errmsg: /C8 不认可/ },
    {
      says: 'with an account set that the token may not see',
      query: { set_of_book: 'B002' },
      status: 403,
      errmsg: /看不到这个账套/,
    },
    {
      says: 'with an account set that there is not',
      query: { set_of_book: 'Z999' },
      status: 403,
      errmsg: /看不到这个账套/,
    },
    {
      says: 'with an account set in another case',
      query: { set_of_book: 'a001' },
      status: 403,
      errmsg: /看不到这个账套/,
    },
    {
      says: 'with a path as account set',
      query: { set_of_book: '../retails/1' },
      status: 403,
      errmsg: /看不到这个账套/,
    },
  ])('$says', async ({ token = 'c8-token-A001', query = {}, status, errmsg, calls }) => {
    const { app } = context
    const before = app.snapshot()
    const url = query.url?.replace('{port}', new URL(app.sandbox.c8Url).port)
    expect(await logIn(token ?? undefined, { ...query, ...(url === undefined ? {} : { url }) })).toMatchObject({
      status,
      body: failed(errmsg),
    })
    expect(app.snapshot()).toEqual(before)
    if (calls === 0) expect(await app.sandbox.control.calls()).toEqual([])
  })

  it.each<[string, number | null]>([
    ['no permission', null],
    ['access level 0', 0],
  ])('with %s in C8', async (_, accessLevel) => {
    const { app } = context
    const { name } = await app.addSetOfBook()
    expect(await logIn(await app.addC8Token(accessLevel, [name]), { set_of_book: name })).toMatchObject({
      status: 403,
      body: failed(/权限/),
    })
    expect(app.rows('SELECT id FROM set_of_books WHERE set_of_book = ?', name)).toEqual([])
  })

  it('with an empty body as C8\'s "not there"', async () => {
    const { app } = context
    await app.sandbox.control.settings({ empty_for_null: true })
    const { name } = await app.addSetOfBook()
    expect((await logIn(await app.addC8Token(null, [name]), { set_of_book: name })).status).toBe(403)
    expect((await logIn(await app.addC8Token(15, [name]), { set_of_book: 'B002' })).status).toBe(403)
    await app.sandbox.control.settings({ empty_for_null: false })
  })

  it.each<[string, Parameters<Sandbox['control']['fault']>[0]['kind'], number | undefined, number, RegExp]>([
    ['500', 'status', 500, 502, /C8 检查权限失败/],
    ['429', 'status', 429, 502, /C8 检查权限失败/],
    ['408', 'status', 408, 502, /C8 检查权限失败/],
    ['garbage', 'garbage', undefined, 502, /无法读懂/],
    ['a reset', 'reset', undefined, 502, /中断/],
    ['a redirect', 'redirect', undefined, 502, /跳转/],
    ['a refusal', 'refuse', undefined, 403, /C8 不认可/],
    ['400', 'status', 400, 403, /C8 不认可/],
    ['403', 'status', 403, 403, /C8 不认可/],
    ['too many bytes', 'huge', undefined, 502, /超过 100000 字节/],
    ['nothing in time', 'slow', undefined, 504, /超时/],
    ['a byte now and then', 'drip', undefined, 504, /超时/],
  ])('when C8 answers %s', async (_, kind, status, expected, errmsg) => {
    const { app } = context
    const { name } = await app.addSetOfBook()
    const token = await app.addC8Token(15, [name])
    await app.sandbox.control.fault({
      step: 'c8.security_keys',
      kind,
      status,
      ms: kind === 'slow' ? 60_000 : undefined,
    })
    expect(await logIn(token, { set_of_book: name })).toMatchObject({ status: expected, body: failed(errmsg) })
    expect(await app.sandbox.control.calls('redirected')).toEqual([])
    expect(app.rows('SELECT id FROM set_of_books WHERE set_of_book = ?', name)).toEqual([])
  })

  it('when C8 cannot be reached', async () => {
    const closed = await startSandbox()
    await closed.close()
    const app = await App.start({ NUXT_C8_ALLOWED_ORIGINS: ` ${closed.c8Url}/, https://c8.example.com ` })
    try {
      expect(await logIn('c8-token-A001', { url: closed.c8Url }, app)).toMatchObject({
        status: 502,
        body: failed(/C8 检查权限失败：连接不上/),
      })
      // An address that only begins like an allowed one.
      expect(await logIn('c8-token-A001', { url: 'https://c8.example.com.evil.example' }, app)).toMatchObject({
        status: 403,
      })
      expect(await logIn('c8-token-A001', { url: 'https://c8.example.com:8443' }, app)).toMatchObject({ status: 403 })
    } finally {
      await app.close()
    }
  })
})

describe('an account set', () => {
  let second: Sandbox
  let app: App

  beforeAll(async () => {
    second = await startSandbox()
    app = await App.start({ NUXT_C8_ALLOWED_ORIGINS: `${second.c8Url},${context.app.sandbox.c8Url}` })
  })
  afterAll(async () => {
    await app.close()
    await second.close()
  })

  it("belongs to the C8 of its first log-in; another one's is refused, and not even asked", async () => {
    expect((await logIn('c8-token-A001', { url: second.c8Url }, app)).status).toBe(200)
    await context.app.sandbox.control.clearCalls()
    expect(await logIn('c8-token-A001', { url: context.app.sandbox.c8Url }, app)).toMatchObject({
      status: 403,
      body: failed(/另一个 C8/),
    })
    expect(await context.app.sandbox.control.calls()).toEqual([])
    expect((await logIn('c8-token-B002', { url: context.app.sandbox.c8Url, set_of_book: 'B002' }, app)).status).toBe(
      200,
    )
  })
})

describe('a session', () => {
  it('survives a restart and a kill -9', async () => {
    const { app } = context
    const shop = await app.openShop()
    await app.restart()
    expect((await app.ask('GET /api/devices', { token: shop.token })).status).toBe(200)
    await app.kill9()
    await app.start()
    expect((await app.ask('GET /api/devices', { token: shop.token })).status).toBe(200)
    expect((await app.ask('POST /api/create_order', { token: shop.localToken, body: {} })).status).toBe(400)
  })

  const find = (token: string) =>
    context.app.rows<{ id: number; expires_at: number }>(
      'SELECT * FROM sessions WHERE token_hash = ?',
      createHash('sha256').update(token).digest('hex'),
    )[0]!

  it('ends when it has not been used for twelve hours', async () => {
    const { app } = context
    const { token } = await app.openShop()
    app.change('UPDATE sessions SET expires_at = ? WHERE id = ?', Date.now() - 1, find(token).id)
    expect((await app.ask('GET /api/devices', { token })).status).toBe(401)
  })

  it('lasts twelve hours from its last use', async () => {
    const { app } = context
    const { token } = await app.openShop()
    app.change('UPDATE sessions SET expires_at = ? WHERE id = ?', Date.now() + HOUR, find(token).id)
    expect((await app.ask('GET /api/devices', { token })).status).toBe(200)
    expect(Math.abs(find(token).expires_at - Date.now() - 12 * HOUR)).toBeLessThan(60_000)
  })

  it('is ended by a log-out, alone and at once', async () => {
    const { app } = context
    const shop = await app.openShop()
    const other = await app.logIn(shop.name, 1)
    expect((await app.ask('DELETE /api/access_token', { token: shop.token })).body).toEqual({ state: 1 })
    expect((await app.ask('GET /api/devices', { token: shop.token })).status).toBe(401)
    expect((await app.ask('DELETE /api/access_token', { token: shop.token })).status).toBe(401)
    expect((await app.ask('GET /api/devices', { token: other.token })).status).toBe(200)
  })

  it.each<[string, Fields]>([
    ['nobody', {}],
    ['a wrong token', { token: 'wrong' }],
  ])('is not ended by %s', async (_, credentials) => {
    expect((await context.app.ask('DELETE /api/access_token', credentials)).status).toBe(401)
  })

  it('keeps the level that C8 gave at its log-in, each on its own', async () => {
    const { app } = context
    const shop = await app.openShop()
    const [viewer, deleter] = [await app.logIn(shop.name, 1), await app.logIn(shop.name, 8)]
    expect((await app.ask('GET /api/devices', viewer)).status).toBe(200)
    expect((await app.ask('GET /api/devices', deleter)).status).toBe(403)
  })
})

describe.skipIf(engine === 'postgres')('secrets', () => {
  it('are not in the data folder as text', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    const { body } = await app.ask('GET /api/set_of_books', shop)
    const secrets = [shop.token, shop.c8Token, shop.localToken, shop.app_key, body.access_token as string]
    for (const name of readdirSync(app.folder)) {
      const path = `${app.folder}/${name}`
      if (statSync(path).isDirectory()) continue
      const bytes = readFileSync(path)
      expect(
        secrets.filter((secret) => bytes.includes(secret)),
        name,
      ).toEqual([])
      expect(statSync(path).mode & 0o077, name).toBe(0)
    }
    expect(statSync(app.folder).mode & 0o077).toBe(0)
  })
})

describe('wrong tokens and failed log-ins from one address', () => {
  const from = (address: string) => ({ 'x-forwarded-for': address })

  it('get 429 after 60 wrong tokens a minute, while a good token is never held back', async () => {
    const { app } = context
    const shop = await app.openShop()
    const ask = (token?: string, request = 'GET /api/devices', address = '10.9.0.1') =>
      app.ask(request, { token, headers: from(address) })
    const statuses: number[] = []
    for (let count = 0; count < 30; count++) {
      statuses.push((await ask(`wrong-${count}`)).status, (await ask('wrong', 'POST /api/create_order')).status)
    }
    expect(new Set(statuses)).toEqual(new Set([401]))
    const held = await ask('wrong')
    expect(held).toMatchObject({ status: 429, body: failed(/秒后再试/) })
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(held.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect((await ask('wrong', 'POST /api/create_order')).status).toBe(429)
    expect((await ask(shop.token)).status).toBe(200)
    expect((await ask(shop.localToken, 'POST /api/create_order')).status).toBe(400)
    expect((await ask(undefined)).status).toBe(401)
    expect((await ask('wrong', 'GET /api/devices', '10.9.0.2')).status).toBe(401)
  })

  it('count no missing tokens', async () => {
    const { app } = context
    for (let count = 0; count < 70; count++) await app.ask('GET /api/devices', { headers: from('10.9.0.3') })
    expect((await app.ask('GET /api/devices', { token: 'wrong', headers: from('10.9.0.3') })).status).toBe(401)
  })

  it('get 429 for every log-in after 20 failed ones a minute, and C8 is not asked', async () => {
    const { app } = context
    const { name } = await app.addSetOfBook()
    const good = await app.addC8Token(15, [name])
    for (let count = 0; count < 20; count++)
      expect((await app.logInWith('wrong', {}, from('10.9.0.4'))).status).toBe(403)
    await app.logInWith('wrong', {}, from('10.9.0.4'))
    await app.sandbox.control.clearCalls()
    const held = await app.logInWith(good, { set_of_book: name }, from('10.9.0.4'))
    expect(held).toMatchObject({ status: 429, body: failed(/登录失败次数太多/) })
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await countsOfC8()).toEqual({})
    expect((await app.logInWith(good, { set_of_book: name }, from('10.9.0.5'))).status).toBe(200)
  })

  it("are not told apart by an address that the caller makes up before a proxy's", async () => {
    const { app } = context
    for (let count = 0; count < 60; count++)
      await app.ask('GET /api/devices', { token: 'wrong', headers: from(`1.2.3.${count}, 10.9.0.6`) })
    expect((await app.ask('GET /api/devices', { token: 'wrong', headers: from('9.9.9.9, 10.9.0.6') })).status).toBe(429)
  })
})
