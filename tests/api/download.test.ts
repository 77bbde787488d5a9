import { describe, expect, it } from 'vitest'
import { itHolds, itIsGuarded, type Scenario } from './scenarios.ts'
import { failed, orderMessage } from './server.ts'
import { DAY, DOWNLOAD, useDownloads } from './downloads.ts'

const { context, world, bare, download, order, entry, control } = useDownloads()

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
    expect(await context.app.ask(DAY, { token: bare.token })).toMatchObject({ status: 422, body: failed(/设置/) })
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

  it("never brings another account set's orders", async () => {
    const { app } = context
    const [one, two] = [await app.openShopWithCredentials(), await app.openShopWithCredentials()]
    await control().addOrders(two.name, order('theirs'))
    expect((await download(one)).body).toMatchObject({ received: 0 })
    expect((await download(two)).body).toMatchObject({ received: 1 })
    expect(await app.findOrder(one, 'theirs')).toBeUndefined()
  })
})
