import { beforeAll, describe, expect, it } from 'vitest'
import { readZip } from '../unit/server/exports/zip-reader.ts'
import { itHolds, itIsGuarded, type Scenario, type World } from './scenarios.ts'
import { failed, useApp } from './server.ts'

const context = useApp()
let world: World
const water = { barcode: '6900000000017', name: '水, "冰"', num: 2, amount: 4, cost: 1.5 }

beforeAll(async () => {
  const { app } = context
  const [shop, neighbour] = [await app.openShop(), await app.openShop()]
  await app.addDevice(shop, { name: '=一号柜' })
  const sell = (transId: string, day: string, changes: object = {}) =>
    app.receive(shop, transId, {
      create_time: `${day} 10:30:00`,
      update_time: `${day} 10:30:05`,
      products: [water],
      ...changes,
    })
  await sell('R1', '2026-11-02')
  await sell('R2', '2026-11-03', { products: [{ ...water, amount: 6 }] })
  await sell('R3', '2026-11-03', { status: 103 })
  await sell('R4', '2026-11-03', { status: 101 })
  await sell('R5', '2026-10-02')
  await sell('R6', '2025-11-03')
  await app.receive(neighbour, 'T3', { create_time: '2026-11-03 10:00:00', update_time: '2026-11-03 10:00:00' })
  world = { app, shop, ids: {} }
})

const RANGE = 'from=2026-11-01&to=2026-11-30'

describe('GET /api/reports', () => {
  itIsGuarded('GET /api/reports', 'view', () => world)
  itHolds(
    [
      { says: 'reports with only the view bit', who: 1, request: 'GET /api/reports', status: 200 },
      ...['minute', 'DAY'].map((by): Scenario => ({
        says: `refuses to report by "${by}"`,
        request: `GET /api/reports?by=${by}`,
        status: 400,
        answer: failed(/^by：必须是 day、week、month、hour、cabinet、product 之一/),
      })),
      ...['2026-02-30', '1', '20261101'].map((from): Scenario => ({
        says: `refuses ${from} as a day`,
        request: `GET /api/reports?from=${from}`,
        status: 400,
        answer: failed(/^from：/),
      })),
      ...['1999-12-31', '1970-01-01'].map((from): Scenario => ({
        says: `refuses days before there were orders: ${from}`,
        request: `GET /api/reports?from=${from}&to=2001-01-01&by=month`,
        status: 400,
        answer: failed(/^from：必须在 2000-01-01 和 2199-12-31 之间/),
      })),
      {
        says: 'refuses days that no calendar needs',
        request: 'GET /api/reports?from=9999-12-30&to=9999-12-31',
        status: 400,
        answer: failed(/^from：必须在/),
      },
      {
        says: 'refuses an end before its begin',
        request: 'GET /api/reports?from=2026-11-02&to=2026-11-01',
        status: 400,
        answer: failed(/^from：不能晚于 to/),
      },
      {
        says: 'refuses more than 92 days of hours',
        request: 'GET /api/reports?from=2026-01-01&to=2026-04-03&by=hour',
        status: 400,
        answer: failed(/^to：按小时看一次最多 92 天，请缩短范围/),
      },
      {
        says: 'refuses more than 366 days as days',
        request: 'GET /api/reports?from=2025-01-01&to=2026-01-02',
        status: 400,
        answer: failed(/^to：按天看一次最多 366 天/),
      },
      {
        says: 'refuses more than ten years',
        request: 'GET /api/reports?from=2010-01-01&to=2026-01-02&by=cabinet',
        status: 400,
        answer: failed(/^to：一次最多 3660 天/),
      },
      ...[
        'from=2026-01-01&to=2026-04-02&by=hour',
        'from=2025-01-01&to=2026-01-01',
        'from=2017-01-01&to=2026-01-01&by=month',
      ].map((query): Scenario => ({ says: `takes ${query}`, request: `GET /api/reports?${query}`, status: 200 })),
    ],
    () => world,
  )

  it("comes to the account set's own orders, against the month and the year before", async () => {
    const { body } = await world.app.ask(`GET /api/reports?${RANGE}`, world.shop)
    expect(body).toMatchObject({
      by: 'day',
      total: {
        from: '2026-11-01',
        to: '2026-11-30',
        sales: { orders: 2, amount: 10, filter: { start_date: '2026-11-01', end_date: '2026-11-30', status: 100 } },
        refunds: { orders: 1, amount: 4, filter: { status: 103 } },
        mean_order: 5,
        margin: 7,
        margin_percent: 70,
        amount_without_cost: 0,
      },
      before: { from: '2026-10-01', to: '2026-10-31', sales: { orders: 1, amount: 4 } },
      year_before: { from: '2025-11-01', to: '2025-11-30', sales: { orders: 1, amount: 4 } },
      left_out: 0,
    })
    const rows = body.rows as { key: string; sales: object; before: object; year_before: object }[]
    expect(rows).toHaveLength(30)
    expect(rows[1]).toMatchObject({ key: '2026-11-02', sales: { amount: 4 }, before: { amount: 4 } })
    expect(rows[2]).toMatchObject({ key: '2026-11-03', sales: { amount: 6 }, year_before: { amount: 4 } })
  })
})

describe('GET /api/reports/export', () => {
  const request = `GET /api/reports/export?${RANGE}`
  itIsGuarded(request, 'view', () => world)
  itHolds(
    [
      {
        says: 'refuses a format it does not know',
        request: `${request}&format=pdf`,
        status: 400,
        answer: failed(/^format：/),
      },
      {
        says: 'refuses a range like the report',
        request: 'GET /api/reports/export?from=2026-01-01&to=2026-10-01&by=hour',
        status: 400,
        answer: failed(/^to：/),
      },
    ],
    () => world,
  )
  const download = (query: string) =>
    fetch(`${world.app.url}/api/reports/export?${RANGE}&${query}`, { headers: { token: world.shop.token } })

  it('is a CSV file of the rows, and nothing in it runs in a spreadsheet', async () => {
    const response = await download('by=cabinet&format=csv')
    expect(response.headers.get('content-disposition')).toContain('filename="report_2026-11-01_2026-11-30.csv"')
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await response.arrayBuffer())
    expect(text.split('\r\n')).toEqual([
      '\uFEFF设备id,货柜名称,销售额（元）,订单数,平均每单（元）,退款订单数,退款（元）,上期销售额（元）,去年同期销售额（元）',
      expect.stringMatching(/^\d+,'=一号柜,10\.00,2,5\.00,1,4\.00,4\.00,4\.00$/),
      '',
    ])
  })

  it.each([
    ['day', 30, '日期'],
    ['week', 6, '从'],
    ['month', 1, '月份'],
    ['hour', 168, '星期'],
    ['cabinet', 1, '设备id'],
    ['product', 1, '条码'],
  ])('is a workbook by %s with %i rows and its totals', async (by, rows, title) => {
    const files = readZip(Buffer.from(await (await download(`by=${by}`)).arrayBuffer()))
    const sheet = files.get('xl/worksheets/sheet1.xml')!
    expect(sheet.match(/<row>/g)).toHaveLength(rows + 1)
    expect(sheet).toContain(`>${title}<`)
    expect(files.get('xl/worksheets/sheet2.xml')!.match(/<row>/g)).toHaveLength(4)
  })
})
