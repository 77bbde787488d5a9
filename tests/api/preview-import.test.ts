import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { shopGoods } from '../../sandbox/catalog.ts'
import { itHolds, itIsGuarded, type Scenario, type World } from './scenarios.ts'
import { failed, useApp, type Fields, type Shop } from './server.ts'

const context = useApp({ NUXT_UPSTREAM_TIMEOUT: '1000', NUXT_C8_SETTLE: '1000' })
const control = () => context.app.sandbox.control
const [water, tea] = shopGoods.map(({ barcode }) => barcode) as [string, string]
let world: World

beforeEach(() => control().settings({ retail_filter: 'exact', retail_fields: [] }))

beforeAll(async () => {
  const { app } = context
  const [shop, neighbour] = [await app.openShop(), await app.openShop()]
  await app.addDevice(shop)
  world = {
    app,
    shop,
    ids: { order: await app.receive(shop, 'T1'), theirs: await app.receive(neighbour, 'T2'), nowhere: 999_999 },
  }
})

async function openShop(changes: Fields = {}): Promise<Shop> {
  const shop = await context.app.openShop()
  await context.app.addDevice(shop, changes)
  return shop
}

const preview = (shop: { token: string }, id: number) =>
  context.app.ask<{ draft: Fields | null; lines: Fields[]; problems: string[]; errmsg?: string }>(
    `GET /api/orders/${id}?action=preview_import`,
    { token: shop.token },
  )
const importOrder = (shop: Shop, id: number) => context.app.ask(`POST /api/orders/${id}?action=import`, shop)

describe('GET preview_import', () => {
  itIsGuarded('GET /api/orders/{order}?action=preview_import', 'view', () => world)
  itHolds(
    [
      ...['{theirs}', '{nowhere}', '0', 'abc'].map((id): Scenario => ({
        says: `does not find ${id}`,
        request: `GET /api/orders/${id}?action=preview_import`,
        status: 404,
      })),
      { says: 'is no POST', request: 'POST /api/orders/{order}?action=preview_import', status: 400 },
    ],
    () => world,
  )

  it.each([0, 1, 2])('of bill_type %i is exactly what the import then sends, and makes nothing', async (bill_type) => {
    const { app } = context
    const shop = await openShop({ bill_type, store_id: 2 })
    const id = await app.receive(shop, `same-${bill_type}`)
    const before = app.snapshot()
    const { token } = await app.logIn(shop.name, 1)
    const { status, body } = await preview({ token }, id)
    expect({ status, problems: body.problems }).toEqual({ status: 200, problems: [] })
    expect(app.snapshot().slice(1)).toEqual(before.slice(1))
    expect(await control().documents(`same-${bill_type}`)).toEqual([])
    expect((await importOrder(shop, id)).status).toBe(200)
    const [create] = await control().calls('c8.retail_create')
    expect(body.draft).toEqual(create!.body)
    const rate = [0, 0.03, 0.13][bill_type]
    expect(body.lines).toEqual([
      { barcode: water, name: '农夫山泉', product_id: 1001, quantity: 2, tax_price: 3.5, tax_rate: rate },
      { barcode: tea, name: '怡宝', product_id: 1002, quantity: 1, tax_price: 3.5, tax_rate: rate },
    ])
  })

  it('lists everything that stands in the way at once', async () => {
    const { app } = context
    const shop = await app.openShop()
    const id = await app.receive(shop, 'problems', {
      status: 101,
      products: [
        { barcode: '6900000000001', name: '新品', num: 1, amount: 1 },
        { barcode: water, name: '水', num: 300_000, amount: 100_000 },
        { barcode: '6900000000002', name: '另一种', num: 1, amount: 1 },
        { barcode: '6900000000001', name: '新品', num: 1, amount: 1 },
      ],
    })
    const { status, body } = await preview(shop, id)
    expect(status).toBe(200)
    expect(body.draft).toBeNull()
    expect(body.problems).toEqual([
      expect.stringMatching(/支付成功/),
      expect.stringMatching(/货柜 10086 还没有配置/),
      expect.stringMatching(/条码 6900000000001/),
      expect.stringMatching(/条码 6900000000002/),
      expect.stringMatching(/100003 元.*100002\.9 元/),
    ])
    expect(body.lines).toMatchObject([
      { barcode: '6900000000001', product_id: null, quantity: 1, tax_price: 1, tax_rate: null },
      { barcode: water, product_id: 1001, tax_price: 0.333333, tax_rate: null },
      { barcode: '6900000000002', product_id: null },
      { barcode: '6900000000001', product_id: null },
    ])
    await app.addDevice(shop)
    expect((await preview(shop, id)).body.problems).toHaveLength(4)
  })

  it('of an order without lines says so', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    await app.addDevice(shop)
    await control().addTradeEntries(shop.name, {
      trans_id: 'empty',
      status: 100,
      e_id: 'E',
      dev_id: 10086,
      create_time: '2026-11-20 10:00:00',
      update_time: '2026-11-20 10:00:05',
    })
    await app.ask('GET /api/orders?action=get_orders&trans_id=empty', shop)
    const { id } = (await app.findOrder(shop, 'empty'))!
    expect((await preview(shop, id)).body).toMatchObject({
      draft: null,
      lines: [],
      problems: [expect.stringMatching(/没有商品明细/)],
    })
  })

  it('of an imported order is a conflict, and of one whose document only C8 has, too', async () => {
    const { app } = context
    const shop = await openShop()
    const id = await app.receive(shop, 'imported')
    await importOrder(shop, id)
    const [document] = await control().documents('imported')
    const conflict = { status: 409, body: failed(new RegExp(document!.code), 'retail_already_made') }
    expect(await preview(shop, id)).toMatchObject(conflict)
    app.change('DELETE FROM retail_documents WHERE order_id = ?', id)
    app.change("UPDATE orders SET import_state = 'idle', retail_id = NULL, retail_code = NULL WHERE id = ?", id)
    expect(await preview(shop, id)).toMatchObject(conflict)
    await control().settings({ retail_fields: ['total_amount'] })
    await control().changeDocument(document!.id, { total_amount: 1 })
    expect((await preview(shop, id)).body).toMatchObject({ draft: null, problems: [expect.stringMatching(/1 元/)] })
  })

  it('is what an import that names its total books, or nothing: goBox may change the order before the click', async () => {
    const shop = await openShop()
    const id = await context.app.receive(shop, 'moved')
    const { draft } = (await preview(shop, id)).body
    const previewed = draft!.total_amount as number
    await context.app.receive(shop, 'moved', {
      update_time: '2026-11-20 11:00:00',
      products: [{ barcode: water, name: '农夫山泉', num: 2, amount: 8.5 }],
    })
    const importAs = (total: unknown) =>
      context.app.ask(`POST /api/orders/${id}?action=import`, { token: shop.token, body: { total_amount: total } })
    expect(await importAs(previewed)).toMatchObject({
      status: 409,
      body: {
        errmsg: expect.stringMatching(/10.5 元.*8.5 元/),
        code: 'order_changed',
        params: { previewed, total: 8.5 },
      },
    })
    expect(await importAs('cheap')).toMatchObject({ status: 400, body: failed(/total_amount/) })
    expect(await control().documents('moved')).toEqual([])
    expect(await context.app.findOrder(shop, 'moved')).toMatchObject({ import_state: 'idle', import_error: null })
    expect((await preview(shop, id)).body.draft).toMatchObject({ total_amount: 8.5 })
    expect(await importAs(8.5)).toMatchObject({ status: 200 })
  })

  it.each([
    ['c8.products', 'status', 502],
    ['c8.set_of_books', 'garbage', 502],
    ['c8.retail_lookup', 'slow', 504],
  ] as const)('is %s by %s: %i', async (step, kind, status) => {
    const shop = await openShop({ bill_type: 1 })
    const id = await context.app.receive(shop, 'fault')
    await control().fault({ step, kind, ms: 60_000 })
    expect(await preview(shop, id)).toMatchObject({ status, body: failed(/^C8 /) })
  })

  it("says to log in again where C8's session has ended", async () => {
    const shop = await openShop()
    const id = await context.app.receive(shop, 'ended')
    await control().removeToken(shop.c8Token)
    expect(await preview(shop, id)).toMatchObject({ status: 422, body: failed(/重新登录/) })
    expect((await preview(shop, id)).status).toBe(401)
  })
})

describe('POST /api/imports/preview', () => {
  itIsGuarded('POST /api/imports/preview', 'create', () => world, { filter: {} })

  it('tells how many of many would be booked, and what stands in the way of the others, grouped', async () => {
    const { app } = context
    const shop = await openShop()
    const products = [{ barcode: '6900000000001', name: '新品', num: 1, amount: 1 }]
    for (const id of ['many-1', 'many-2']) await app.receive(shop, id)
    for (const id of ['new-1', 'new-2']) await app.receive(shop, id, { products })
    await app.receive(shop, 'elsewhere', { dev_id: 10099 })
    await app.receive(shop, 'unpaid', { status: 101 })
    const before = app.snapshot()
    const ask = () => app.ask('POST /api/imports/preview', { token: shop.token, body: { filter: {} } })
    expect((await ask()).body).toEqual({
      state: 1,
      total: 6,
      count: 2,
      amount: 21,
      problems: [
        expect.objectContaining({ code: 'product_unknown', params: { barcode: '6900000000001' }, count: 2 }),
        expect.objectContaining({ code: 'device_unconfigured', params: { dev_id: 10099 }, count: 1 }),
      ],
      unchecked: 0,
    })
    expect(app.snapshot()).toEqual(before)
    await app.ask('POST /api/barcode_aliases', {
      token: shop.token,
      body: { barcode: '6900000000001', c8_barcode: water },
    })
    expect((await ask()).body).toMatchObject({ count: 4, amount: 23, problems: [{ code: 'device_unconfigured' }] })
    // What C8 does not say is counted and stands in nobody's way.
    const other = { ...shop, ...(await app.logIn(shop.name, 15)) }
    await control().fault({ step: 'c8.products', kind: 'status' })
    const { body } = await app.ask('POST /api/imports/preview', { token: other.token, body: { filter: {} } })
    expect(body).toMatchObject({ count: 4, unchecked: 2 })
  })
})
