import { beforeAll, describe, expect, it, vi } from 'vitest'
import { shopGoods } from '../../sandbox/catalog.ts'
import { readZip } from '../unit/server/exports/zip-reader.ts'
import { itHolds, itIsGuarded, type World } from './scenarios.ts'
import { failed, useApp, type Fields, type Shop } from './server.ts'

const context = useApp()
let world: World
let shop: Shop
const [bread, milk, coffee] = ['7100000000017', '7100000000024', '7100000000031'] as const

interface Group extends Fields {
  errmsg: string
  code: string
  params: Fields
  orders: number
}
interface Failures extends Fields {
  total: number
  orders: number
  amount: number
  root: Group[]
}

const ask = <Body = Fields>(request: string, body?: unknown, { token } = shop) =>
  context.app.ask<Body>(request, { token, body })
const list = async (query = '') => (await ask<Failures>(`GET /api/import_failures${query}`)).body
const unknown = (barcode: string) => ({ code: 'product_unknown', params: { barcode } })

function receive(to: Shop, transId: string, barcode: string, amount: number, changes: Fields = {}) {
  const products = [{ barcode, name: `"商品" ${barcode.slice(-2)}`, num: 1, amount, cost: 1 }]
  return context.app.receive(to, transId, { products, ...changes })
}

/** Imports orders and waits until that has ended. */
async function importAll(ids: number[], by: Shop = shop) {
  const { body } = await ask<{ id: number }>('POST /api/imports', { ids }, by)
  const isOver = async () => (await ask(`GET /api/imports/${body.id}`, undefined, by)).body.pending === 0
  await vi.waitUntil(isOver, { timeout: 20_000 })
}

/** Waits until no order of the shop is on its way. */
const settled = (id: number) =>
  vi.waitUntil(async () => (await ask(`GET /api/jobs/${id}`)).body.pending === 0, { timeout: 20_000 })

beforeAll(async () => {
  const { app } = context
  shop = await app.openShop()
  const neighbour = await app.openShop()
  await app.addDevice(shop)
  await app.addDevice(neighbour)
  world = { app, shop, ids: {} }
  const ids = [
    await receive(shop, 'U1', bread, 6.8, { create_time: '2026-11-19 09:00:00', update_time: '2026-11-19 09:00:00' }),
    await receive(shop, 'U2', bread, 6.8),
    await receive(shop, 'U3', milk, 5.5),
    await receive(shop, 'U4', shopGoods[0]!.barcode, 4, { dev_id: 99 }),
    await receive(shop, 'GOOD', shopGoods[0]!.barcode, 4),
  ]
  await importAll(ids)
  await importAll([await receive(neighbour, 'U9', bread, 100)], neighbour)
})

describe('GET /api/import_failures', () => {
  itIsGuarded('GET /api/import_failures', 'view', () => world)
  itHolds(
    [
      { says: 'lists with only the view bit', who: 1, request: 'GET /api/import_failures', status: 200 },
      {
        says: 'refuses a page without rows',
        request: 'GET /api/import_failures?limit=0',
        status: 400,
        answer: failed(/^limit：/),
      },
      {
        says: 'finds nothing of a code that no order failed with',
        request: 'GET /api/import_failures?code=nothing',
        status: 200,
        answer: { total: 0, orders: 0, amount: 0, root: [] },
      },
    ],
    () => world,
  )

  it("groups the account set's own failures by code and params, with what waits and since when", async () => {
    const { body } = await ask<Failures>('GET /api/import_failures')
    expect(body).toMatchObject({ total: 3, orders: 4, amount: 23.1 })
    expect(body.root[0]).toMatchObject({
      ...unknown(bread),
      errmsg: expect.stringContaining(bread) as string,
      product: '"商品" 17',
      orders: 2,
      amount: 13.6,
      since: '2026-11-19 09:00:00',
      alias: null,
    })
    expect(body.root.slice(1).map(({ code, orders }) => [code, orders])).toEqual([
      ['product_unknown', 1],
      ['device_unconfigured', 1],
    ])
  })

  it('tells reasons apart by code and params, whatever their text', async () => {
    context.app.change("UPDATE orders SET import_error = '旧的说法' WHERE trans_id = 'U2'")
    const { root } = await list('?code=product_unknown')
    expect(root.map(({ params, orders }) => [params.barcode, orders])).toEqual([
      [bread, 2],
      [milk, 1],
    ])
  })

  it('has the unknown barcodes alone, and in pages with the sums of all', async () => {
    expect(await list('?code=product_unknown&start=1&limit=1')).toMatchObject({
      total: 2,
      orders: 3,
      amount: 19.1,
      root: [unknown(milk)],
    })
  })
})

describe('GET /api/import_failures/unknown_barcodes', () => {
  const request = 'GET /api/import_failures/unknown_barcodes'
  itIsGuarded(request, 'view', () => world)
  itHolds(
    [
      {
        says: 'refuses a format it does not know',
        request: `${request}?format=pdf`,
        status: 400,
        answer: failed(/^format：/),
      },
    ],
    () => world,
  )
  const download = (query: string) =>
    fetch(`${world.app.url}/api/import_failures/unknown_barcodes?${query}`, { headers: { token: shop.token } })

  it('is a CSV file for whoever keeps C8', async () => {
    const response = await download('format=csv')
    expect(response.headers.get('content-disposition')).toMatch(/filename="unknown_barcodes_[\d-]+\.csv"/)
    const [title, ...rows] = (await response.text()).split('\r\n')
    expect(title).toBe('条码,商品,goBox 条码,在等的订单数,在等的金额（元）,最早的下单时间')
    expect(rows).toEqual([
      `${bread},"""商品"" 17",,2,13.60,2026-11-19 09:00:00`,
      `${milk},"""商品"" 24",,1,5.50,2026-11-20 10:00:00`,
      '',
    ])
  })

  it('is a workbook in which a barcode is text', async () => {
    const sheet = readZip(Buffer.from(await (await download('')).arrayBuffer())).get('xl/worksheets/sheet1.xml')!
    expect(sheet.match(/<row>/g)).toHaveLength(3)
    expect(sheet).toContain(`<is><t xml:space="preserve">${bread}</t></is>`)
  })
})

describe('POST /api/import_failures/check', () => {
  itIsGuarded('POST /api/import_failures/check', 'create', () => world, {})

  it('tells what C8 knows by now, and makes nothing', async () => {
    const { app } = context
    const late = await app.openShop()
    await app.addDevice(late)
    await importAll([await receive(late, 'L1', coffee, 9), await receive(late, 'L2', milk, 5.5)], late)
    const check = async (body: Fields) => (await ask('POST /api/import_failures/check', body, late)).body
    const before = app.snapshot()
    expect(await check({})).toMatchObject({ gone: [], unchecked: 0 })
    await app.sandbox.control.addProducts({ id: 7101, name: '咖啡', barcode: coffee })
    expect(await check({ code: 'product_unknown' })).toMatchObject({ gone: [unknown(coffee)], unchecked: 0 })
    expect(await check({ code: 'device_unconfigured' })).toMatchObject({ gone: [], unchecked: 0 })
    expect(app.snapshot()).toEqual(before)
  })

  it('counts what C8 does not say', async () => {
    await context.app.sandbox.control.fault({ step: 'c8.products', kind: 'status', status: 500, times: 50 })
    expect((await ask('POST /api/import_failures/check', { code: 'product_unknown' })).body).toMatchObject({
      gone: [],
      unchecked: 2,
    })
  })
})

describe('POST /api/import_failures/retry', () => {
  const request = 'POST /api/import_failures/retry'
  itIsGuarded(request, 'create', () => world, unknown(milk))
  itHolds(
    [
      { says: 'refuses no reason', request, body: {}, status: 400, answer: failed(/code 和 reason/) },
      {
        says: 'refuses two reasons',
        request,
        body: { ...unknown(milk), reason: 'x' },
        status: 400,
        answer: failed(/code 和 reason/),
      },
      {
        says: 'says that nothing failed for a reason',
        request,
        body: unknown('7100000000099'),
        status: 404,
        answer: failed(/刷新/, 'failures_gone'),
      },
      {
        says: 'takes no text for a code',
        request,
        body: { reason: '旧的说法' },
        status: 404,
        answer: failed(/刷新/, 'failures_gone'),
      },
    ],
    () => world,
  )

  it('imports the orders of one reason once an alias has mended it, and leaves the others', async () => {
    await ask('POST /api/barcode_aliases', { barcode: bread, c8_barcode: shopGoods[1]!.barcode })
    expect((await ask('POST /api/import_failures/check', {})).body.gone).toEqual([unknown(bread)])
    const { body } = await ask<{ id: number; total: number }>(request, unknown(bread))
    expect(body.total).toBe(2)
    await settled(body.id)
    expect((await list()).root.map(({ params }) => params)).toEqual([{ barcode: milk }, { dev_id: 99 }])
    for (const transId of ['U1', 'U2']) expect(await context.app.sandbox.control.documents(transId)).toHaveLength(1)
    expect(await context.app.sandbox.control.documents('U3')).toEqual([])
  })

  it('names the product and the alias where the barcode that C8 does not know is the alias’s', async () => {
    await ask('POST /api/barcode_aliases', { barcode: milk, c8_barcode: 'NOWHERE' })
    const { body: found } = await ask('POST /api/import_failures/check', {})
    expect(found.gone, 'another unknown barcode is no cure').toEqual([])
    const { body } = await ask<{ id: number }>(request, unknown(milk))
    await settled(body.id)
    const alias = { barcode: milk, c8_barcode: 'NOWHERE' }
    const group = { code: 'alias_unknown', params: alias, product: '"商品" 24', alias }
    expect(await list('?code=product_unknown')).toMatchObject({ total: 1, root: [group] })
  })

  it('imports those that failed before there were codes by their text', async () => {
    context.app.change("UPDATE orders SET import_error_code = NULL, import_error_params = NULL WHERE trans_id = 'U4'")
    const reason = (await list()).root.find(({ code }) => code === null)!.errmsg
    const { body } = await ask<{ id: number; total: number }>(request, { reason })
    expect(body.total).toBe(1)
    await settled(body.id)
    expect((await list()).root).toContainEqual(expect.objectContaining({ params: { dev_id: 99 } }))
  })
})
