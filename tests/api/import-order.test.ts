import { describe, expect, it } from 'vitest'
import { shopGoods } from '../../sandbox/catalog.ts'
import { itHolds, itIsGuarded, type Scenario } from './scenarios.ts'
import { orderMessage } from './server.ts'
import { useImports } from './imported-orders.ts'

const { context, world, control, importOrder, steps, openShopWithDevice, show } = useImports()

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
