import { describe, expect, it } from 'vitest'
import { itHolds, itIsGuarded, type Scenario } from './scenarios.ts'
import { failed } from './server.ts'
import { useImports } from './imported-orders.ts'

const { context, world, control, importOrder, reset, openShopWithDevice, show } = useImports()

const missingPaths = ['{theirs}', '{nowhere}', '0', '-1', 'abc', '9007199254740993']

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
