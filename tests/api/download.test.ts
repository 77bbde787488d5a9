import { beforeAll, describe, expect, it } from 'vitest'
import type { Order, TradeEntry } from '../../sandbox/state.ts'
import { itHolds, itIsGuarded, type Scenario, type World } from './scenarios.ts'
import { failed, orderMessage, useApp, type Shop } from './server.ts'

const context = useApp({ NUXT_UPSTREAM_TIMEOUT: '1000', NUXT_UPSTREAM_MAX_BYTES: '1000000' })
const DOWNLOAD = 'GET /api/orders?action=get_orders'
const DAY = `${DOWNLOAD}&start_date=2026-11-20&end_date=2026-11-20`
let world: World

beforeAll(async () => {
  const { app } = context
  const bare = await app.openShop()
  world = { app, shop: await app.openShopWithCredentials(), ids: {} }
  bareToken = bare.token
})
let bareToken: string

interface Download {
  state: number
  page: number | null
  received: number
  created: number
  updated: number
  refused: { trans_id: string; errmsg: string }[]
}
const download = (shop: Shop, request = DAY) => context.app.ask<Download>(request, { token: shop.token })
const order = (transId: string, changes: Partial<Order> = {}): Order => ({ ...orderMessage(transId), ...changes })
const entry = (transId: string, changes: Partial<TradeEntry> = {}): TradeEntry => {
  const { products, ...rest } = orderMessage(transId)
  return { ...rest, ...products[0], ...changes }
}
const control = () => context.app.sandbox.control

describe('get_orders', () => {
  itIsGuarded(DAY, 'create', () => world)

  itHolds(
    [
      {
        says: 'asks for a start',
        request: `${DOWNLOAD}&end_date=2026-11-20`,
        status: 400,
        answer: failed(/^start_date：必填/),
      },
      {
        says: 'asks for an end',
        request: `${DOWNLOAD}&start_date=2026-11-20`,
        status: 400,
        answer: failed(/^end_date：必填/),
      },
      {
        says: 'asks for dates without a trans_id',
        request: DOWNLOAD,
        status: 400,
        answer: failed(/^start_date：必填/),
      },
      {
        says: 'refuses eight bare days',
        request: `${DOWNLOAD}&start_date=2026-11-01&end_date=2026-11-08`,
        status: 400,
        answer: failed(/七天/),
      },
      {
        says: 'refuses seven days and a second more',
        request: `${DOWNLOAD}&start_date=2026-11-01%2000:00:00&end_date=2026-11-08%2000:00:01`,
        status: 400,
        answer: failed(/七天/),
      },
      {
        says: 'refuses eight days with a trans_id, too',
        request: `${DOWNLOAD}&trans_id=T1&start_date=2026-11-01&end_date=2026-11-08`,
        status: 400,
        answer: failed(/七天/),
      },
      {
        says: 'refuses a start after the end',
        request: `${DOWNLOAD}&start_date=2026-11-21&end_date=2026-11-20`,
        status: 400,
        answer: failed(/^start_date：/),
      },
      ...(
        [
          ['start_date', '2026-02-30', 'x'],
          ['end_date', '2026-02-30', 'x'],
          ['dev_id', 'x', '1.5'],
          ['status', '99', 'x'],
          ['page', '0', '-1', '1.5', 'x'],
          ['trans_id', 'x'.repeat(65)],
        ] as [string, ...string[]][]
      ).flatMap(([field, ...values]) =>
        values.map((value): Scenario => {
          const query = new URLSearchParams({
            action: 'get_orders',
            start_date: '2026-11-20',
            end_date: '2026-11-20',
            [field]: value,
          })
          return {
            says: `refuses ${value.slice(0, 20)} as ${field}`,
            request: `GET /api/orders?${query}`,
            status: 400,
            answer: failed(new RegExp(`^${field}：`)),
          }
        }),
      ),
      {
        says: 'takes seven bare days',
        who: 4,
        request: `${DOWNLOAD}&start_date=2026-11-01&end_date=2026-11-07`,
        status: 200,
        answer: { page: null },
      },
      {
        says: 'takes seven days to the second',
        request: `${DOWNLOAD}&start_date=2026-11-01%2012:00:00&end_date=2026-11-08%2012:00:00`,
        status: 200,
      },
      {
        says: 'takes a trans_id without dates',
        request: `${DOWNLOAD}&trans_id=T1`,
        status: 200,
        calls: ['gobox.trade'],
      },
    ],
    () => world,
  )

  it('says that the credentials are not set', async () => {
    expect(await context.app.ask(DAY, { token: bareToken })).toMatchObject({ status: 422, body: failed(/设置/) })
    expect(await control().calls()).toEqual([])
  })

  it('asks goBox in its own words, with text where it wants text', async () => {
    const { app, shop } = world
    await app.ask(
      `${DOWNLOAD}&start_date=2026-11-16&end_date=2026-11-22&dev_id=10086&status=100&page=2&trans_id=T9`,
      shop,
    )
    const [call] = await control().calls('gobox.trade')
    expect(call?.body).toMatchObject({
      command: 'QueryTrade',
      start_date: '2026-11-16 00:00:00',
      end_date: '2026-11-22 23:59:59',
      dev_id: '10086',
      status: '100',
      page: 2,
      trans_id: 'T9',
      time: expect.any(Number),
      sign: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
  })

  it('stores what goBox has, and says what was new, changed and known', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    await control().addOrders(shop.name, order('D1'), order('D2'), order('D3', { create_time: '2026-11-21 00:00:00' }))
    expect((await download(shop)).body).toEqual({
      state: 1,
      page: null,
      received: 2,
      created: 2,
      updated: 0,
      refused: [],
    })
    expect(await app.findOrder(shop, 'D1')).toMatchObject({
      ...orderMessage('D1'),
      total_amount: 10.5,
      created_user: '陈晓东',
      is_imported: false,
    })
    await control().addOrders(shop.name, order('D2', { status: 103, update_time: '2026-11-20 11:00:00' }))
    expect((await download(shop)).body).toEqual({
      state: 1,
      page: null,
      received: 2,
      created: 0,
      updated: 1,
      refused: [],
    })
    expect(await app.findOrder(shop, 'D2')).toMatchObject({ status: 103, created_user: '陈晓东' })
    expect((await download(shop)).body).toMatchObject({ received: 2, created: 0, updated: 0 })
  })

  it('leaves alone what the webhook brought later', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    await control().addOrders(shop.name, order('W1'))
    await app.receive(shop, 'W1', { status: 103, update_time: '2026-11-20 12:00:00' })
    expect((await download(shop)).body).toMatchObject({ received: 1, created: 0, updated: 0 })
    expect(await app.findOrder(shop, 'W1')).toMatchObject({ status: 103, created_user: 'goBox' })
  })

  it.each([false, true])(
    'goes through the pages, lines of an order apart from each other (page left out at the end: %s)',
    async (omit_last_page) => {
      const { app } = context
      const shop = await app.openShopWithCredentials()
      await control().settings({ page_size: 2, omit_last_page })
      await control().addOrders(shop.name, ...['P1', 'P2', 'P3'].map((id) => order(id)))
      expect((await download(shop)).body).toMatchObject({ page: 2, created: 2 })
      expect((await download(shop, `${DAY}&page=2`)).body).toMatchObject({ page: null, created: 1 })
      for (const id of ['P1', 'P2', 'P3']) expect((await app.findOrder(shop, id))?.products).toHaveLength(2)
      await control().settings({ page_size: 50, omit_last_page: false })
    },
  )

  it('keeps the digits of ids that goBox sends as numbers', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    await control().settings({ numeric_ids: true })
    await control().addOrders(shop.name, order('1234567890123456789', { e_id: '9007199254740993' }))
    expect((await download(shop)).body).toMatchObject({ created: 1, refused: [] })
    expect(await app.findOrder(shop, '1234567890123456789')).toMatchObject({
      e_id: '9007199254740993',
      products: [{ barcode: orderMessage('').products[0]!.barcode }, {}],
    })
    await control().settings({ numeric_ids: false })
  })

  it('takes the newest where entries of one order disagree', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    await control().addTradeEntries(
      shop.name,
      entry('X1', { status: 100, amount: 5, update_time: '2026-11-20 10:00:00' }),
      entry('X1', { status: 103, amount: 3, update_time: '2026-11-20 11:00:00' }),
      entry('X1', { status: 102, barcode: '6901486110011', amount: 1, update_time: '2026-11-20 10:30:00' }),
    )
    expect((await download(shop)).body).toMatchObject({ received: 1, created: 1 })
    expect(await app.findOrder(shop, 'X1')).toMatchObject({
      status: 103,
      update_time: '2026-11-20 11:00:00',
      total_amount: 4,
    })
  })

  it('keeps an order without barcodes without lines', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    await control().addOrders(shop.name, order('N1', { products: [] }))
    await control().addTradeEntries(shop.name, entry('N2', { barcode: '' }))
    expect((await download(shop)).body).toMatchObject({ created: 2, refused: [] })
    for (const id of ['N1', 'N2'])
      expect(await app.findOrder(shop, id)).toMatchObject({ products: [], total_amount: 0 })
  })

  it('reports an order that cannot be stored, and stores the others', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    await control().addOrders(
      shop.name,
      order('B1', { status: 999 }),
      order('B2'),
      order('B3'.padEnd(65, 'x')),
      order('B4', { products: [{ barcode: '1', name: 'x', num: 1, amount: 0.001 }] }),
    )
    const { status, body } = await download(shop)
    expect({ status, body }).toMatchObject({ status: 200, body: { received: 4, created: 1 } })
    expect(body.refused).toEqual(
      expect.arrayContaining([
        {
          trans_id: 'B1',
          errmsg: expect.stringMatching(/^status：/),
          code: 'invalid',
          params: { field: 'status', rule: 'status' },
        },
        {
          trans_id: 'B3'.padEnd(65, 'x'),
          errmsg: expect.stringMatching(/^trans_id：/),
          code: 'invalid',
          params: { field: 'trans_id', rule: 'text', min: 1, max: 64 },
        },
        {
          trans_id: 'B4',
          errmsg: expect.stringMatching(/amount/),
          code: 'invalid',
          params: { field: 'products.0.amount', rule: 'amount' },
        },
      ]),
    )
    expect(await app.findOrder(shop, 'B2')).toBeDefined()
    expect(await app.findOrder(shop, 'B1')).toBeUndefined()
  })

  it('stores the others beside entries that can be anything', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    const odd = (value: unknown) => value as TradeEntry
    await control().addTradeEntries(
      shop.name,
      entry('O1', { update_time: odd({ toString: 1 }) as never }),
      entry('O2', { update_time: odd(['2026-11-20 10:00:00']) as never, create_time: '2026-11-20 10:00:00' }),
      entry('O3'),
      entry('O4', { status: odd({ valueOf: null }) as never }),
      entry('O5', { barcode: odd({}) as never, num: odd([1]) as never }),
    )
    const { status, body } = await download(shop)
    expect({ status, body }).toMatchObject({ status: 200, body: { received: 5, created: 1 } })
    expect(body.refused.map(({ trans_id }) => trans_id).sort()).toEqual(['O1', 'O2', 'O4', 'O5'])
    expect(await app.findOrder(shop, 'O3')).toBeDefined()
    const { body: kept } = await app.ask<{ root: { trans_id: string }[] }>('GET /api/rejected_messages', shop)
    expect(kept.root.map(({ trans_id }) => trans_id).sort()).toEqual(['O1', 'O2', 'O4', 'O5'])
  })

  it('never takes lines away that it has no barcodes for', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    const message = orderMessage('L1')
    await app.receive(shop, 'L1')
    await control().addTradeEntries(
      shop.name,
      entry('L1', { barcode: undefined }),
      entry('L2'),
      entry('L2', { barcode: '', amount: 1 }),
    )
    expect((await download(shop)).body).toMatchObject({ received: 2, created: 1, updated: 0 })
    expect(await app.findOrder(shop, 'L1')).toMatchObject({ total_amount: 10.5, products: message.products })
    await control().addTradeEntries(
      shop.name,
      entry('L1', { barcode: '', status: 103, update_time: '2026-11-20 12:00:00' }),
    )
    expect((await download(shop)).body).toMatchObject({ updated: 1 })
    expect(await app.findOrder(shop, 'L1')).toMatchObject({
      status: 103,
      total_amount: 10.5,
      products: message.products,
    })
  })

  it("never brings another account set's orders", async () => {
    const { app } = context
    const [one, two] = [await app.openShopWithCredentials(), await app.openShopWithCredentials()]
    await control().addOrders(two.name, order('theirs'))
    expect((await download(one)).body).toMatchObject({ received: 0 })
    expect((await download(two)).body).toMatchObject({ received: 1 })
    expect(await app.findOrder(one, 'theirs')).toBeUndefined()
  })
})

describe("goBox's access token", () => {
  it('is fetched once for many downloads at the same time, and then kept', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    app.change('UPDATE set_of_books SET expired_at = ? WHERE id = ?', Date.now() + 59_000, shop.id)
    await control().clearCalls()
    const answers = await Promise.all(Array.from({ length: 10 }, () => download(shop)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(await control().counts()).toEqual({ 'gobox.token': 1, 'gobox.trade': 10 })
    await app.restart()
    await download(shop)
    expect((await control().counts())['gobox.token']).toBe(1)
  })

  it.each([401, 40101])(
    'that has lapsed early (code %i) is renewed once, and the call made once more',
    async (code) => {
      const shop = await context.app.openShopWithCredentials()
      await control().clearCalls()
      await control().fault({ step: 'gobox.trade', kind: 'lapsed_token', code, times: 1 })
      expect((await download(shop)).status).toBe(200)
      expect((await control().calls()).map(({ step }) => step)).toEqual(['gobox.trade', 'gobox.token', 'gobox.trade'])
    },
  )

  it('that lapses again and again ends in a refusal', async () => {
    const shop = await context.app.openShopWithCredentials()
    await control().clearCalls()
    await control().fault({ step: 'gobox.trade', kind: 'lapsed_token' })
    expect(await download(shop)).toMatchObject({ status: 422, body: failed(/goBox 查询订单被拒绝/) })
    expect(await control().counts()).toEqual({ 'gobox.trade': 2, 'gobox.token': 1 })
  })
})

describe("goBox's faults", () => {
  it('a page that is said to be its own next is stored, and told as endless', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    await control().addTradeEntries(shop.name, entry('C1'))
    await control().settings({ circling: true })
    const answer = await download(shop)
    await control().settings({ circling: false })
    expect(answer).toMatchObject({ status: 502, body: { code: 'gobox_pages_endless' } })
    expect(await app.findOrder(shop, 'C1')).toBeDefined()
  })

  it.each<[string, Parameters<ReturnType<typeof control>['fault']>[0], number, RegExp]>([
    ['500', { step: 'gobox.trade', kind: 'status' }, 502, /^goBox 查询订单失败：服务出错（500）/],
    ['429', { step: 'gobox.trade', kind: 'status', status: 429 }, 502, /服务出错/],
    ['404', { step: 'gobox.trade', kind: 'status', status: 404 }, 422, /被拒绝/],
    ['garbage', { step: 'gobox.trade', kind: 'garbage' }, 502, /无法读懂/],
    ['a reset', { step: 'gobox.trade', kind: 'reset' }, 502, /中断/],
    ['a redirect', { step: 'gobox.trade', kind: 'redirect' }, 502, /跳转/],
    ['too many bytes', { step: 'gobox.trade', kind: 'huge', bytes: 4_000_000 }, 502, /超过 1000000 字节/],
    ['nothing in time', { step: 'gobox.trade', kind: 'slow', ms: 60_000 }, 504, /^goBox 查询订单超时/],
    ['a byte now and then', { step: 'gobox.trade', kind: 'drip', ms: 100 }, 504, /超时/],
    ['another code', { step: 'gobox.trade', kind: 'refuse', code: 7, message: '账号停用' }, 422, /账号停用/],
  ])('%s is told in Chinese, and nothing is stored', async (_, fault, status, errmsg) => {
    const { app, shop } = world
    const before = app.snapshot()
    await control().fault(fault)
    expect(await download(shop)).toMatchObject({ status, body: failed(errmsg) })
    expect(app.snapshot()).toEqual(before)
    expect(await control().calls('redirected')).toEqual([])
  })
})
