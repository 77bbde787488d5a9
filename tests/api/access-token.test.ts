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
        name: null,
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
