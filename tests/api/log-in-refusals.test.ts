import { describe, expect, it } from 'vitest'
import { startSandbox, type Sandbox } from '../../sandbox/server.ts'
import { App, failed, useApp } from './server.ts'

const context = useApp({ NUXT_UPSTREAM_TIMEOUT: '1000', NUXT_UPSTREAM_MAX_BYTES: '100000' })
let addresses = 0

/** Each from an address of its own, so that failed log-ins do not add up. */
function logIn(token: string | undefined, query: Record<string, string>, app = context.app) {
  addresses++
  return app.logInWith(token, query, { 'x-forwarded-for': `10.1.${addresses >> 8}.${addresses & 255}` })
}

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
