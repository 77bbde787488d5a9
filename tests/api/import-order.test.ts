import { beforeAll, describe, expect, it } from 'vitest'
import { shopGoods } from '../../sandbox/catalog.ts'
import { itHolds, itIsGuarded, type Scenario, type World } from './scenarios.ts'
import { failed, orderMessage, useApp, type Fields, type PublicOrder, type Shop } from './server.ts'

const context = useApp()
let world: World

beforeAll(async () => {
  const { app } = context
  const shop = await app.openShop()
  const neighbour = await app.openShop()
  await app.addDevice(shop)
  world = {
    app,
    shop,
    ids: { order: await app.receive(shop, 'T1'), theirs: await app.receive(neighbour, 'T2'), nowhere: 999_999 },
  }
})

const control = () => context.app.sandbox.control
const importOrder = (shop: { token: string }, id: number, method = 'POST') =>
  context.app.ask(`${method} /api/orders/${id}?action=import`, { token: shop.token })
const reset = (shop: { token: string }, id: number) =>
  context.app.ask(`POST /api/orders/${id}?action=init_order`, { token: shop.token })
const steps = async () => (await control().calls()).map(({ step }) => step)

async function openShopWithDevice(changes: Fields = {}): Promise<Shop> {
  const shop = await context.app.openShop()
  await context.app.addDevice(shop, changes)
  await control().clearCalls()
  return shop
}

const show = async (shop: Shop, id: number) =>
  (
    await context.app.ask<
      PublicOrder & { history: { event: string; user: string; reason?: string; adopted?: boolean }[] }
    >(`GET /api/orders/${id}`, shop)
  ).body

const missingPaths = ['{theirs}', '{nowhere}', '0', '-1', 'abc', '9007199254740993']

describe.each(['GET', 'POST'])('%s import', (method) => {
  const request = `${method} /api/orders/{order}?action=import`
  itIsGuarded(request, 'create', () => world)
  itHolds(
    missingPaths.map((id): Scenario => ({
      says: `does not find ${id}`,
      request: `${method} /api/orders/${id}?action=import`,
      status: 404,
    })),
    () => world,
  )

  it('makes one document, finished, with only the create bit', async () => {
    const shop = await openShopWithDevice()
    const id = await context.app.receive(shop, 'T1')
    const { token } = await context.app.logIn(shop.name, 4)
    const { status, body } = await importOrder({ token }, id, method)
    const [document, ...more] = (await control().documents('T1')).filter(({ set_of_book }) => set_of_book === shop.name)
    expect(more).toEqual([])
    expect(document).toMatchObject({ status: 6 })
    expect({ status, body }).toEqual({
      status: 200,
      body: { state: 1, retail_id: document!.id, retail_code: document!.code },
    })
    expect(await context.app.findOrder(shop, 'T1')).toMatchObject({
      is_imported: true,
      imported_user: '陈晓东',
      retail_id: document!.id,
      retail_code: document!.code,
      import_error: null,
      import_error_code: null,
      import_error_params: null,
    })
  })
})

describe('the document', () => {
  it.each([
    [0, 0],
    [1, 0.03],
    [2, 0.13],
  ])('of bill_type %i has tax rate %f, and is exactly what C8 expects', async (bill_type, tax_rate) => {
    const shop = await openShopWithDevice({ bill_type, store_id: 2, bank_id: 22, member_id: 62, employee_id: 42 })
    const id = await context.app.receive(shop, `R${bill_type}`)
    expect((await importOrder(shop, id)).status).toBe(200)
    const [call] = await control().calls('c8.retail_create')
    expect(call).toMatchObject({ token: shop.c8Token, path: '/api/retails' })
    expect(call!.body).toEqual({
      source: 'gobox',
      source_id: `R${bill_type}`,
      store_id: 2,
      bank_id: 22,
      member_id: 62,
      employee_id: 42,
      bill_type,
      total_amount: 10.5,
      bank_amount: 10.5,
      retail_lines: [
        { product_id: 1001, quantity: 2, tax_price: 3.5, tax_rate },
        { product_id: 1002, quantity: 1, tax_price: 3.5, tax_rate },
      ],
    })
  })

  it.each([
    [10, 3, 3.333333],
    [20, 3, 6.666667],
    [0.01, 3, 0.003333],
    [1, 7, 0.142857],
    [4.5, 0.3, 15],
    [0, 2, 0],
    [-3.5, 1, -3.5],
    [999_999_999.99, 1, 999_999_999.99],
  ])('has for %s yuan by %s the price %s', async (amount, num, tax_price) => {
    const shop = await openShopWithDevice()
    const id = await context.app.receive(shop, 'P1', {
      products: [{ barcode: shopGoods[0]!.barcode, name: '水', num, amount }],
    })
    await importOrder(shop, id)
    const [call] = await control().calls('c8.retail_create')
    expect(call!.body).toMatchObject({ total_amount: amount, retail_lines: [{ quantity: num, tax_price }] })
  })

  it('has a 19-digit source_id as text', async () => {
    const shop = await openShopWithDevice()
    const raw = JSON.stringify(orderMessage('?')).replace('"?"', '1234567890123456789')
    expect((await context.app.ask('POST /api/create_order', { token: shop.localToken, raw })).status).toBe(200)
    const { id } = (await context.app.findOrder(shop, '1234567890123456789'))!
    await importOrder(shop, id)
    expect((await control().calls('c8.retail_create'))[0]!.body).toMatchObject({ source_id: '1234567890123456789' })
  })

  it('is asked for before it is created, and goes through every step in order', async () => {
    const shop = await openShopWithDevice()
    await importOrder(shop, await context.app.receive(shop, 'S1'))
    expect(await steps()).toEqual([
      'c8.products',
      'c8.products',
      'c8.retail_lookup',
      'c8.retail_create',
      'c8.confirm',
      'c8.workflow',
      'c8.workflow',
    ])
    const [, , lookup, , confirm, workflow] = await control().calls()
    expect(lookup!.path).toBe('/api/retails?source=gobox&source_id=S1')
    expect(new URL(confirm!.path, 'http://c8').search).toBe('?action=confirm&action_type=1')
    const query = new URL(workflow!.path, 'http://c8').searchParams
    expect(Object.fromEntries(query)).toEqual({
      action: 'execute_workflow',
      form_name: 'retail',
      form_id: expect.any(String),
      result: '{"memo":"","cancel":false}',
    })
  })

  it('that C8 has already is adopted, not made again', async () => {
    const shop = await openShopWithDevice()
    const id = await context.app.receive(shop, 'A1')
    await fetch(`${context.app.sandbox.c8Url}/api/retails`, {
      method: 'POST',
      headers: { token: shop.c8Token },
      body: JSON.stringify({
        source: 'gobox',
        source_id: 'A1',
        store_id: 1,
        bank_id: 21,
        member_id: 61,
        employee_id: 41,
        bill_type: 0,
        total_amount: 10.5,
        bank_amount: 10.5,
        retail_lines: [{ product_id: 1001, quantity: 3, tax_price: 3.5, tax_rate: 0 }],
      }),
    })
    await control().clearCalls()
    expect((await importOrder(shop, id)).status).toBe(200)
    expect(await control().documents('A1')).toMatchObject([{ status: 6 }])
    expect(await steps()).not.toContain('c8.retail_create')
    expect((await show(shop, id)).history.find(({ event }) => event === 'created')).toMatchObject({ adopted: true })
  })

  it('of a workflow that takes many steps is finished', async () => {
    await control().settings({ workflow_executions: 5 })
    const shop = await openShopWithDevice()
    expect((await importOrder(shop, await context.app.receive(shop, 'W5'))).status).toBe(200)
    await control().settings({ workflow_executions: 2 })
    expect(await control().documents('W5')).toMatchObject([{ status: 6 }])
  })

  it('has its products and rates asked for once in minutes, for each account set on its own', async () => {
    const [one, two] = [await openShopWithDevice({ bill_type: 1 }), await openShopWithDevice({ bill_type: 1 })]
    await importOrder(one, await context.app.receive(one, 'C1'))
    await importOrder(one, await context.app.receive(one, 'C2'))
    expect(await control().counts()).toMatchObject({ 'c8.products': 2, 'c8.set_of_books': 1, 'c8.retail_create': 2 })
    await importOrder(two, await context.app.receive(two, 'C3'))
    expect(await control().counts()).toMatchObject({ 'c8.products': 4, 'c8.set_of_books': 2 })
  })
})

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

describe('twenty importers at once', () => {
  it('make one document: one is told so, the others that it is being sent or imported', async () => {
    const { app } = context
    const shop = await openShopWithDevice()
    const id = await app.receive(shop, 'X1')
    const other = await app.logIn(shop.name, 4, '赵敏')
    await control().fault({ step: 'c8.retail_create', kind: 'slow', ms: 100 })
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, (_, index) =>
        importOrder(index % 2 ? shop : other, id, index % 3 ? 'POST' : 'GET'),
      ),
      app.ask('POST /api/imports', { token: shop.token, body: { ids: [id] } }),
      app.ask('POST /api/imports', { token: other.token, body: { filter: { trans_id: 'X1' } } }),
    ])
    const statuses = answers.slice(0, 20).map(({ status }) => status)
    expect(statuses.filter((status) => status !== 409 && status !== 200)).toEqual([])
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(1)
    await expect.poll(async () => (await app.findOrder(shop, 'X1'))?.import_state, { timeout: 15_000 }).toBe('imported')
    expect(await control().documents('X1')).toMatchObject([{ status: 6 }])
    expect((await control().counts())['c8.retail_create']).toBe(1)
    for (const { body } of answers.slice(20)) {
      await expect
        .poll(async () => (await app.ask(`GET /api/imports/${body.id as number}`, shop)).body)
        .toMatchObject({ total: 1, imported: 1, failed: 0, pending: 0 })
    }
  })
})

describe('the history of an import', () => {
  it('tells each step with its user', async () => {
    const shop = await openShopWithDevice()
    const id = await context.app.receive(shop, 'H1')
    await importOrder(shop, id)
    const { history } = await show(shop, id)
    expect(history.map(({ event, user }) => [event, user])).toEqual([
      ['received', 'goBox'],
      ['sending', '陈晓东'],
      ['created', '陈晓东'],
      ['imported', '陈晓东'],
    ])
  })
})

describe.each(['GET', 'POST'])('%s init_order', (method) => {
  const request = (id: number | string) => `${method} /api/orders/${id}?action=init_order`
  itIsGuarded(request('{order}'), 'edit', () => world)
  itHolds(
    [
      ...missingPaths.map((id): Scenario => ({ says: `does not find ${id}`, request: request(id), status: 404 })),
      {
        says: 'changes nothing on an order that was never imported, and asks nobody',
        who: 2,
        request: request('{order}'),
        status: 200,
        answer: { state: 1 },
        calls: [],
      },
    ],
    () => world,
  )

  it('lets an order be imported anew once C8 has deleted its document', async () => {
    const { app } = context
    const shop = await openShopWithDevice()
    const id = await app.receive(shop, 'R1')
    await importOrder(shop, id)
    const [document] = (await control().documents('R1')).filter((row) => row.set_of_book === shop.name)
    const before = app.snapshot()
    expect(await app.ask(request(id), shop)).toMatchObject({ status: 409, body: failed(/零售单依然存在/) })
    expect(app.snapshot()).toEqual(before)
    await control().deleteDocument(document!.id)
    expect((await app.ask(request(id), await app.logIn(shop.name, 2))).body).toEqual({ state: 1 })
    expect(await show(shop, id)).toMatchObject({
      is_imported: false,
      imported_at: null,
      imported_user: null,
      retail_id: null,
      retail_code: null,
      import_state: 'idle',
      status: 100,
      total_amount: 10.5,
    })
    expect((await importOrder(shop, id)).status).toBe(200)
    expect((await control().documents('R1')).filter((row) => row.set_of_book === shop.name)).toMatchObject([
      { status: 6 },
    ])
  })
})

describe('init_order', () => {
  it('takes an empty answer of C8 as "not there"', async () => {
    const shop = await openShopWithDevice()
    const id = await context.app.receive(shop, 'gone')
    await importOrder(shop, id)
    await control().settings({ empty_for_null: true })
    await control().deleteDocument((await control().documents('gone'))[0]!.id)
    expect((await reset(shop, id)).status).toBe(200)
    await control().settings({ empty_for_null: false })
  })

  it('refuses an order that is being sent', async () => {
    const shop = await openShopWithDevice()
    const id = await context.app.receive(shop, 'R3')
    await control().fault({ step: 'c8.retail_create', kind: 'slow', ms: 300, times: 1 })
    const importing = importOrder(shop, id)
    await expect.poll(() => control().calls('c8.retail_create')).toHaveLength(1)
    expect(await reset(shop, id)).toMatchObject({ status: 409, body: failed(/正在导入/) })
    expect((await importing).status).toBe(200)
    expect(await control().documents('R3')).toHaveLength(1)
  })

  it('lets an order that failed be changed by goBox and deleted again', async () => {
    const { app } = context
    const shop = await app.openShop()
    const id = await app.receive(shop, 'R4')
    expect((await importOrder(shop, id)).status).toBe(422)
    expect((await reset(shop, id)).status).toBe(200)
    expect(await show(shop, id)).toMatchObject({ import_state: 'idle', import_error: null })
    expect((await app.ask(`DELETE /api/orders/${id}`, shop)).status).toBe(200)
  })
})
