import { describe, expect, it } from 'vitest'
import { failed, orderMessage, type Fields, type Shop } from './server.ts'
import { useImports } from './imported-orders.ts'

const { context, world, control, importOrder, openShopWithDevice, show } = useImports()

describe('an import is refused', () => {
  it.each([101, 102, 103, 104, 105, 107, 109, 110])(
    'for an order of status %i, and C8 is not asked',
    async (status) => {
      const { app, shop } = world
      const id = await app.receive(shop, `status-${status}`, { status })
      const before = app.snapshot()
      expect(await importOrder(shop, id)).toMatchObject({ status: 422, body: failed(/支付成功/) })
      expect(app.snapshot()).toEqual(before)
      expect(await control().calls()).toEqual([])
    },
  )

  async function expectRefusal(shop: Shop, id: number, errmsg: RegExp, code: string, params?: Fields) {
    const answer = await importOrder(shop, id)
    expect(answer).toMatchObject({ status: 422, body: failed(errmsg) })
    expect(answer.body).toMatchObject({ code, ...(params ? { params } : {}) })
    const order = await show(shop, id)
    expect(order.history.at(-1)).toMatchObject({ event: 'failed', code, ...(params ? { params } : {}) })
    expect(order).toMatchObject({
      import_error_code: code,
      import_error_params: params ?? (code === 'upstream_refuses' ? { upstream: 'C8' } : null),
      is_imported: false,
      import_state: 'failed',
      import_error: expect.stringMatching(errmsg),
      retail_id: null,
      imported_at: null,
    })
    expect(
      await control()
        .documents()
        .then((all) => all.filter(({ set_of_book }) => set_of_book === shop.name)),
    ).toEqual([])
  }

  it('where the device is not configured, until it is', async () => {
    const shop = await context.app.openShop()
    const id = await context.app.receive(shop, 'D1')
    await expectRefusal(shop, id, /货柜 10086 还没有配置/, 'device_unconfigured', { dev_id: 10086 })
    await context.app.addDevice(shop)
    expect((await importOrder(shop, id)).status).toBe(200)
  })

  it("where the device is another account set's", async () => {
    const shop = await context.app.openShop()
    const id = await context.app.receive(shop, 'D2', { dev_id: 10086 })
    await expectRefusal(shop, id, /货柜 10086/, 'device_unconfigured', { dev_id: 10086 })
  })

  it('where the order has no lines', async () => {
    const { app } = context
    const shop = await app.openShopWithCredentials()
    await app.addDevice(shop)
    await control().addOrders(shop.name, { ...orderMessage('L1'), products: [] })
    await app.ask('GET /api/orders?action=get_orders&trans_id=L1', shop)
    await expectRefusal(shop, (await app.findOrder(shop, 'L1'))!.id, /没有商品明细/, 'order_without_lines')
  })

  it('where C8 does not know a barcode, which is named, until it does', async () => {
    const shop = await openShopWithDevice()
    const id = await context.app.receive(shop, 'B1', {
      products: [...orderMessage('').products, { barcode: '6900000000001', name: '新品', num: 1, amount: 1 }],
    })
    await expectRefusal(shop, id, /6900000000001/, 'product_unknown', { barcode: '6900000000001' })
    await control().addProducts({ id: 5001, name: '新品', barcode: '6900000000001' })
    expect((await importOrder(shop, id)).status).toBe(200)
  })

  it("where C8 refuses to create, in C8's own words", async () => {
    const shop = await openShopWithDevice()
    await control().fault({ step: 'c8.retail_create', kind: 'refuse', message: '库存不足' })
    await expectRefusal(shop, await context.app.receive(shop, 'C1'), /库存不足/, 'upstream_refuses')
  })

  it('where C8 refuses with a 4xx', async () => {
    const shop = await openShopWithDevice()
    await control().fault({ step: 'c8.retail_create', kind: 'refuse', status: 409, message: '单据已锁定' })
    await expectRefusal(shop, await context.app.receive(shop, 'C4'), /单据已锁定/, 'upstream_refuses')
  })

  it('where the device refers to what C8 does not have', async () => {
    const shop = await openShopWithDevice({ store_id: 999 })
    await expectRefusal(shop, await context.app.receive(shop, 'C2'), /store_id 不存在/, 'upstream_refuses')
  })

  it("where C8's session has ended: log in again, then it goes on", async () => {
    const { app } = context
    const shop = await openShopWithDevice()
    const id = await app.receive(shop, 'E1')
    await control().removeToken(shop.c8Token)
    expect(await importOrder(shop, id)).toMatchObject({ status: 422, body: failed(/重新登录/) })
    expect((await importOrder(shop, id)).status).toBe(401)
    const { token } = await app.logIn(shop.name, 15)
    expect((await app.findOrder({ ...shop, token }, 'E1'))?.is_imported).toBe(false)
    expect((await importOrder({ token }, id)).status).toBe(200)
    expect(await control().documents('E1')).toHaveLength(1)
  })

  it.each(['c8.confirm', 'c8.workflow'] as const)(
    'where C8 refuses at %s: the order counts as imported, and the next import goes on from there',
    async (step) => {
      const shop = await openShopWithDevice()
      const id = await context.app.receive(shop, `F-${step}`)
      await control().fault({ step, kind: 'refuse', message: '期间已关闭', times: 1 })
      expect(await importOrder(shop, id)).toMatchObject({ status: 422, body: failed(/期间已关闭/) })
      const [document] = await control().documents(`F-${step}`)
      expect(await show(shop, id)).toMatchObject({
        is_imported: true,
        import_state: 'created',
        retail_id: document!.id,
        retail_code: document!.code,
        imported_at: expect.any(String),
      })
      expect((await importOrder(shop, id)).status).toBe(200)
      expect(await control().documents(`F-${step}`)).toMatchObject([{ status: 6 }])
      expect(await show(shop, id)).toMatchObject({ import_state: 'imported', import_error: null })
    },
  )

  it('where the order is imported already', async () => {
    const shop = await openShopWithDevice()
    const id = await context.app.receive(shop, 'I1')
    await importOrder(shop, id)
    await control().clearCalls()
    const before = context.app.snapshot()
    expect(await importOrder(shop, id)).toMatchObject({ status: 409, body: failed(/已经导入/) })
    expect(context.app.snapshot()).toEqual(before)
    expect(await control().calls()).toEqual([])
  })

  it('where the order is refunded after it was imported: 409, not 422', async () => {
    const shop = await openShopWithDevice()
    const id = await context.app.receive(shop, 'I2')
    await importOrder(shop, id)
    await context.app.receive(shop, 'I2', { status: 103 })
    expect((await importOrder(shop, id)).status).toBe(409)
  })
})
