import { beforeAll, describe, expect, it } from 'vitest'
import { itHolds, itIsGuarded, type World } from './scenarios.ts'
import { failed, useApp, type Fields } from './server.ts'

const context = useApp({ NUXT_UPSTREAM_TIMEOUT: '1000' })
let world: World

beforeAll(async () => {
  const { app } = context
  const shop = await app.openShop()
  const neighbour = await app.openShop()
  world = {
    app,
    shop,
    ids: { own: shop.id, theirs: neighbour.id, name: shop.name, theirName: neighbour.name, nowhere: 999_999 },
  }
})

describe('GET /api/set_of_books', () => {
  itIsGuarded('GET /api/set_of_books', 'view', () => world)

  itHolds(
    [
      {
        says: "shows the session's own when it is named",
        who: 1,
        request: 'GET /api/set_of_books?set_of_book={name}',
        status: 200,
      },
      { says: 'takes empty text as not given', request: 'GET /api/set_of_books?set_of_book=', status: 200 },
      {
        says: 'does not find another account set',
        request: 'GET /api/set_of_books?set_of_book={theirName}',
        status: 404,
      },
      { says: 'does not find one that there is not', request: 'GET /api/set_of_books?set_of_book=Z999', status: 404 },
      {
        says: 'refuses the name given twice',
        request: 'GET /api/set_of_books?set_of_book={name}&set_of_book={name}',
        status: 400,
      },
    ],
    () => world,
  )

  it('shows all public fields, and the secrets with the edit bit only', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    const { body } = await app.ask('GET /api/set_of_books', shop)
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as string
    expect(body).toEqual({
      state: 1,
      id: shop.id,
      set_of_book: shop.name,
      name: null,
      app_key: shop.app_key,
      user_name: shop.gobox_user,
      access_token: expect.stringMatching(/^at-/),
      token_created_at: time,
      expired_at: time,
      token: shop.localToken,
      updated_at: time,
      updated_user: '陈晓东',
    })
    for (const level of [1, 13]) {
      const seen = (await app.ask('GET /api/set_of_books', await app.logIn(shop.name, level))).body
      expect(seen).toEqual({ ...body, app_key: null, access_token: null, token: null })
    }
  })

  it('shows null where nothing is set yet', async () => {
    const { app } = context
    const { body } = await app.ask('GET /api/set_of_books', await app.openShop())
    expect(body).toMatchObject({
      app_key: null,
      user_name: null,
      access_token: null,
      token_created_at: null,
      expired_at: null,
      updated_at: null,
      updated_user: null,
    })
  })
})

describe('PUT /api/set_of_books/[id]', () => {
  itIsGuarded('PUT /api/set_of_books/{own}', 'edit', () => world, { app_key: 'k' })

  itHolds(
    [
      ...['{theirs}', '{nowhere}', '0', 'abc', '1.5', '9007199254740993'].map((id) => ({
        says: `does not find ${id}`,
        request: `PUT /api/set_of_books/${id}`,
        body: { app_key: 'k', user_name: 'u' },
        status: 404,
      })),
      ...['', '  ', null, {}, [], true, 'x'.repeat(257)].map((value) => ({
        says: `refuses ${JSON.stringify(value)?.slice(0, 20)} as app_key`,
        request: 'PUT /api/set_of_books/{own}',
        body: { app_key: value },
        status: 400,
        answer: failed(/^app_key：/),
      })),
      ...['', '  ', null, {}, [], true, 'x'.repeat(129)].map((value) => ({
        says: `refuses ${JSON.stringify(value)?.slice(0, 20)} as user_name`,
        request: 'PUT /api/set_of_books/{own}',
        body: { user_name: value },
        status: 400,
        answer: failed(/^user_name：/),
      })),
      {
        says: 'asks for both the first time',
        request: 'PUT /api/set_of_books/{own}',
        body: { app_key: 'k' },
        status: 422,
        answer: failed(/同时填写 goBox 的用户名和密钥/),
      },
      {
        says: 'stores nothing when goBox does not know the user, and says who has the right one',
        request: 'PUT /api/set_of_books/{own}',
        body: { app_key: 'k', user_name: 'nobody' },
        status: 422,
        answer: failed(/不认现在的用户名和密钥（用户不存在），请向货柜供应商的客服/, 'credentials_refused'),
        calls: ['gobox.token'],
      },
      {
        says: 'stores nothing when the key is wrong',
        request: 'PUT /api/set_of_books/{own}',
        body: { app_key: 'k', user_name: 'shop-S001' },
        status: 422,
        answer: failed(/不认现在的用户名和密钥（签名错误），请向货柜供应商的客服/, 'credentials_refused'),
        calls: ['gobox.token'],
      },
    ],
    () => world,
  )

  it('keeps the name that people know, shows it at each log-in and takes it away again, without asking goBox', async () => {
    const shop = await context.app.openShop()
    const put = (body: object) =>
      context.app.ask(`PUT /api/set_of_books/${shop.id}`, { token: shop.token, body: body as Fields })
    await context.app.sandbox.control.clearCalls()
    expect((await put({ name: ' 南山店 ' })).body).toMatchObject({ set_of_book: shop.name, name: '南山店' })
    expect(await context.app.sandbox.control.calls('gobox.token')).toEqual([])
    const logIn = async () => (await context.app.logInWith(shop.c8Token, { set_of_book: shop.name })).body
    expect(await logIn()).toMatchObject({ name: '南山店' })
    const { root } = (
      await context.app.ask<{ root: Fields[] }>('GET /api/audit?event=settings_changed', { token: shop.token })
    ).body
    expect(root[0]!.detail).toEqual({ before: { name: null }, after: { name: '南山店' } })
    expect(await put({ name: '长'.repeat(41) })).toMatchObject({ status: 400, body: failed(/^name：/) })
    expect((await put({ name: null })).body).toMatchObject({ name: null })
    expect(await logIn()).toMatchObject({ name: null })
  })

  it.each<[string, Parameters<typeof context.app.sandbox.control.fault>[0], number, RegExp]>([
    ['500', { step: 'gobox.token', kind: 'status' }, 502, /goBox 获取访问令牌失败：服务出错/],
    ['garbage', { step: 'gobox.token', kind: 'garbage' }, 502, /无法读懂/],
    ['a reset', { step: 'gobox.token', kind: 'reset' }, 502, /中断/],
    ['a redirect', { step: 'gobox.token', kind: 'redirect' }, 502, /跳转/],
    ['nothing in time', { step: 'gobox.token', kind: 'slow', ms: 60_000 }, 504, /超时/],
    ['404', { step: 'gobox.token', kind: 'status', status: 404 }, 422, /被拒绝/],
  ])('stores nothing when goBox answers %s', async (_, fault, status, errmsg) => {
    const { app, shop } = world
    const before = app.snapshot()
    await app.sandbox.control.fault(fault)
    const body = { app_key: shop.app_key, user_name: shop.gobox_user }
    expect(await app.ask(`PUT /api/set_of_books/${shop.id}`, { token: shop.token, body })).toMatchObject({
      status,
      body: failed(errmsg),
    })
    expect(app.snapshot()).toEqual(before)
  })

  it('stores the credentials once goBox has issued a token for them', async () => {
    const { app } = context
    const shop = await app.openShop()
    const editor = await app.logIn(shop.name, 2, '赵敏')
    const { status, body } = await app.ask(`PUT /api/set_of_books/${shop.id}`, {
      token: editor.token,
      body: { app_key: ` ${shop.app_key} `, user_name: shop.gobox_user },
    })
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        id: shop.id,
        app_key: shop.app_key,
        user_name: shop.gobox_user,
        access_token: expect.stringMatching(/^at-/),
        updated_user: '赵敏',
        token: shop.localToken,
      },
    })
    const [created, expired] = [body.token_created_at, body.expired_at].map((time) => Date.parse(`${time as string}Z`))
    expect(expired! - created!).toBe(7_200_000)
    expect((await app.ask('GET /api/set_of_books', shop)).body).toEqual(body)
  })

  it('checks one new credential together with the other that is stored', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    expect(
      (await app.ask(`PUT /api/set_of_books/${shop.id}`, { token: shop.token, body: { app_key: shop.app_key } }))
        .status,
    ).toBe(200)
    expect(
      await app.ask(`PUT /api/set_of_books/${shop.id}`, { token: shop.token, body: { app_key: 'other' } }),
    ).toMatchObject({ status: 422 })
    expect((await app.ask('GET /api/set_of_books', shop)).body.app_key).toBe(shop.app_key)
  })

  it('changes nothing and asks nobody when nothing is given', async () => {
    const { app, shop } = world
    const before = app.snapshot()
    expect((await app.ask(`PUT /api/set_of_books/${shop.id}`, { token: shop.token, body: {} })).status).toBe(200)
    expect(app.snapshot()).toEqual(before)
    expect(await app.sandbox.control.calls()).toEqual([])
  })

  it.each(['4848e0', '0123', 'true', 'null', '密钥 1'])('keeps the credential %s as text', async (app_key) => {
    const { app } = context
    const shop = await app.openShop()
    await app.sandbox.control.addSetOfBooks({
      set_of_book: shop.name,
      tax_rate: 0,
      vat_tax_rate: 0,
      gobox_user: shop.gobox_user,
      app_key,
    })
    const { body } = await app.ask(`PUT /api/set_of_books/${shop.id}`, {
      token: shop.token,
      body: { app_key, user_name: shop.gobox_user },
    })
    expect(body.app_key).toBe(app_key)
  })
})
