import { beforeAll, describe, expect, it } from 'vitest'
import { itHolds, itIsGuarded, type World } from './scenarios.ts'
import { failed, useApp, type Fields, type Shop } from './server.ts'

const context = useApp()
const VIEW = 'GET /api/orders?action=trade_view'
const EXPORT = 'GET /api/orders/export?format=csv'
let world: World
let shop: Shop

beforeAll(async () => {
  const { app } = context
  shop = await app.openShop()
  const neighbour = await app.openShop()
  await app.addDevice(shop, { name: 'Lobby 大堂' })
  await app.receive(neighbour, 'theirs')
  world = { app, shop, ids: { order: await app.receive(shop, 'A-1') } }
  await app.receive(shop, 'a-2', {
    dev_id: 5,
    create_time: '2026-11-20 11:00:00',
    products: [{ barcode: '=1', name: '-茶', num: 1, amount: 99.9 }],
  })
  await app.receive(shop, 'B-3', { status: 103, e_id: 'Buyer-77', create_time: '2026-11-21 09:00:00' })
})

async function ids(query: string) {
  const { status, body } = await world.app.ask<{ root: { trans_id: string }[] }>(`${VIEW}&${query}`, {
    token: shop.token,
  })
  expect(status).toBe(200)
  return body.root.map((order) => order.trans_id)
}

describe("trade_view beyond the contract's filter", () => {
  itHolds(
    [
      {
        says: 'answers count and sum of all that match, whatever the page',
        request: `${VIEW}&limit=1`,
        status: 200,
        answer: { total: 3, amount: 120.9 },
      },
      ...(
        [
          ['import_state', 'done'],
          ['sort', 'status'],
          ['unconfigured', '2'],
          ['refunded_after_import', 'x'],
          ['q', 'x'.repeat(65)],
          ['barcode', 'x'.repeat(129)],
        ] as const
      ).map(([field, value]) => ({
        says: `refuses ${value.slice(0, 20)} as ${field}`,
        request: `${VIEW}&${field}=${value}`,
        status: 400,
        answer: failed(new RegExp(`^${field}：`)),
      })),
      {
        says: 'refuses a page too far down by amount',
        request: `${VIEW}&sort=-total_amount&start=10001`,
        status: 400,
        answer: failed(/^start：按金额排序/),
      },
      {
        says: 'takes a far page by time',
        request: `${VIEW}&start=1000000`,
        status: 200,
        answer: { total: 3, root: [] },
      },
    ],
    () => world,
  )

  it.each([
    ['', ['B-3', 'a-2', 'A-1']],
    ['sort=create_time', ['A-1', 'a-2', 'B-3']],
    ['sort=-total_amount', ['a-2', 'B-3', 'A-1']],
    ['sort=total_amount', ['A-1', 'B-3', 'a-2']],
    ['q=a-', ['a-2', 'A-1']],
    // The buyer, but not who brought the order here.
    ['q=buyer-7', ['B-3']],
    ['q=goBox', []],
    ['q=%25', []],
    ['device_name=lobby', ['B-3', 'A-1']],
    ['unconfigured=1', ['a-2']],
    ['barcode=%3D1', ['a-2']],
    ['import_state=idle', ['B-3', 'a-2', 'A-1']],
    ['import_state=failed', []],
    ['refunded_after_import=1', []],
    ['start_date=2026-11-20&end_date=2026-11-20', ['a-2', 'A-1']],
  ])('finds for “%s” %j', async (query, expected) => {
    expect(await ids(query)).toEqual(expected)
  })

  it("names each order's cabinet", async () => {
    const { body } = await world.app.ask<{ root: Fields[] }>(VIEW, { token: shop.token })
    expect(body.root.map((order) => order.device_name)).toEqual(['Lobby 大堂', null, 'Lobby 大堂'])
  })

  it('is what a batch takes as its filter', async () => {
    const { status, body } = await world.app.ask('POST /api/imports', {
      token: shop.token,
      body: { filter: { unconfigured: 1, q: 'A-2' } },
    })
    expect({ status, total: body.total }).toEqual({ status: 200, total: 1 })
    const pending = async () => (await world.app.ask(`GET /api/imports/${body.id}`, { token: shop.token })).body.pending
    await expect.poll(pending).toBe(0)
  })
})

describe('one order', () => {
  it('comes with the configuration of its cabinet, or with none', async () => {
    const device = async (transId: string) => {
      const { id } = (await world.app.findOrder(shop, transId))!
      return (await world.app.ask(`GET /api/orders/${id}`, { token: shop.token })).body.device
    }
    expect(await device('A-1')).toMatchObject({ name: 'Lobby 大堂', set_of_book: shop.name, store_id: 1 })
    expect(await device('a-2')).toBeNull()
  })
})

describe('the export', () => {
  itIsGuarded(EXPORT, 'view', () => world)
  itHolds(
    [
      {
        says: 'refuses a format it does not know',
        request: 'GET /api/orders/export?format=pdf',
        status: 400,
        answer: failed(/^format：/),
      },
      {
        says: 'refuses columns that there are not',
        request: `${EXPORT}&columns=trans_id,profit`,
        status: 400,
        answer: failed(/^columns：必须是 trans_id、.* 中的一个或几个，用逗号分隔$/),
      },
      {
        says: 'refuses a bad filter like trade_view',
        request: `${EXPORT}&status=99`,
        status: 400,
        answer: failed(/^status：/),
      },
    ],
    () => world,
  )

  const download = (query: string) =>
    fetch(`${world.app.url}/api/orders/export?${query}`, { headers: { token: shop.token } })

  it("is a CSV file of the filter's orders, named after its dates", async () => {
    const response = await download('format=csv&start_date=2026-11-20&end_date=2026-11-20')
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(response.headers.get('content-disposition')).toContain('filename="orders_2026-11-20_2026-11-20.csv"')
    const rows = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await response.arrayBuffer()).split('\r\n')
    expect(rows[0]).toMatch(/^\uFEFF交易编号,/)
    expect(rows.slice(1).map((row) => row.split(',', 1)[0])).toEqual(['A-1', 'A-1', 'a-2', ''])
    expect(rows[3]).toContain(",'=1,'-茶,1,99.90,,99.90,")
  })

  it.each(['format=xlsx', ''])('is a workbook, too, also where no form is named: %j', async (query) => {
    const response = await download(query)
    expect(response.headers.get('content-type')).toContain('spreadsheetml')
    expect(Buffer.from(await response.arrayBuffer()).subarray(0, 4)).toEqual(Buffer.from('PK\u0003\u0004'))
  })
})

describe('GET /api/summary', () => {
  itIsGuarded('GET /api/summary', 'view', () => world)
  itHolds(
    [
      {
        says: 'answers today, 7 and 30 days',
        request: 'GET /api/summary',
        status: 200,
        answer: {
          days: 7,
          periods: [1, 7, 30].map((days) => expect.objectContaining({ days })) as unknown as Fields[],
        },
      },
      {
        says: 'refuses another number of days',
        request: 'GET /api/summary?days=8',
        status: 400,
        answer: failed(/^days：/),
      },
    ],
    () => world,
  )

  it('tells what waits in this account set', async () => {
    const { body } = await world.app.ask<{ waiting: Fields }>('GET /api/summary', { token: shop.token })
    expect(body.waiting).toMatchObject({
      importable: { orders: 1, amount: 10.5 },
      unconfigured: { orders: 1, amount: 99.9, cabinets: 1 },
    })
  })
})

describe('GET /api/devices/unconfigured', () => {
  itIsGuarded('GET /api/devices/unconfigured', 'view', () => world)

  it('lists cabinets of the own orders that are not configured', async () => {
    const { body } = await world.app.ask('GET /api/devices/unconfigured', { token: shop.token })
    const seldom = { last_order_at: '2026-11-20 11:00:00', expected_missed: expect.any(Number), silent: false }
    expect(body).toEqual({
      state: 1,
      total: 1,
      root: [{ dev_id: 5, orders: 1, amount: 99.9, last_seen: '2026-11-20 11:00:00', ...seldom }],
    })
  })
})
