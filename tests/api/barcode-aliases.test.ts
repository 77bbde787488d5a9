import { beforeAll, describe, expect, it } from 'vitest'
import { shopGoods } from '../../sandbox/catalog.ts'
import { itIsGuarded, type World } from './scenarios.ts'
import { failed, orderMessage, useApp, type Fields, type Shop } from './server.ts'

const context = useApp()
const world = {} as World
let shop: Shop
const [water, tea, cola] = shopGoods.map(({ barcode }) => barcode) as [string, string, string]

beforeAll(async () => {
  shop = await context.app.openShop()
  await context.app.addDevice(shop)
  Object.assign(world, { app: context.app, shop, ids: {} })
})

const ask = <Body = Fields>(request: string, body?: unknown) =>
  context.app.ask<Body>(request, { token: shop.token, body })
const alias = (fields: Fields) => ask('POST /api/barcode_aliases', fields)

/** An order of one line that was made on a day. */
const receive = (transId: string, barcode: string, date = '2026-11-20') =>
  context.app.receive(shop, transId, {
    create_time: `${date} 10:00:00`,
    products: [{ ...orderMessage('x').products[0]!, barcode }],
  })

const productOf = async (id: number) => {
  const { body } = await ask<{ lines: { product_id: number }[] }>(`GET /api/orders/${id}?action=preview_import`)
  return body.lines[0]
}
const idOf = (barcode: string) => context.app.sandbox.state.products.find((row) => row.barcode === barcode)!.id

describe('barcode aliases', () => {
  itIsGuarded('GET /api/barcode_aliases', 'view', () => world)
  itIsGuarded('POST /api/barcode_aliases', 'create', () => world, { barcode: 'g', c8_barcode: 'g' })

  it('are made, listed, changed and deleted, which the audit tells of', async () => {
    const made = await alias({ barcode: 'a-1', c8_barcode: water, note: '新包装' })
    expect(made).toMatchObject({ status: 200, body: { c8_barcode: water, effective_from: null, note: '新包装' } })
    expect(await alias({ barcode: 'a-1', c8_barcode: tea })).toMatchObject({
      status: 409,
      body: failed(/a-1/, 'alias_exists'),
    })
    const dated = await alias({ barcode: 'a-1', c8_barcode: tea, effective_from: '2026-11-01' })
    const path = `/api/barcode_aliases/${dated.body.id as number}`
    expect(await ask(`PUT ${path}`, { effective_from: null })).toMatchObject({ status: 409 })
    expect(await ask(`PUT ${path}`, { effective_from: '2026-11-02', note: null })).toMatchObject({
      status: 200,
      body: { barcode: 'a-1', effective_from: '2026-11-02', note: null },
    })
    expect((await ask('GET /api/barcode_aliases?barcode=a-1')).body).toMatchObject({
      total: 2,
      root: [{}, { id: made.body.id }],
    })
    expect(await ask(`DELETE ${path}`)).toMatchObject({ status: 200 })
    expect(await ask(`DELETE ${path}`)).toMatchObject({ status: 404 })
    expect(await ask(`PUT ${path}`, { note: 'x' })).toMatchObject({ status: 404 })
    const audit = await ask<{ root: { event: string }[] }>('GET /api/audit')
    expect(audit.body.root.map(({ event }) => event).filter((event) => event.startsWith('alias'))).toEqual([
      'alias_deleted',
      'alias_changed',
      'alias_created',
      'alias_created',
    ])
  })

  it.each([
    { barcode: '', c8_barcode: 'x' },
    { barcode: 'x' },
    { barcode: 'x', c8_barcode: 'x', effective_from: '2026-02-30' },
    { barcode: 'x', c8_barcode: 'x', effective_from: '2026-11-01 10:00:00' },
    { barcode: 'x', c8_barcode: 'x', note: '' },
  ])('refuse %o', async (fields) => expect(await alias(fields)).toMatchObject({ status: 400 }))

  it('decide what is booked from their date on: the latest wins, and none leads on to another', async () => {
    await alias({ barcode: 'b-1', c8_barcode: tea, effective_from: '2026-11-10' })
    await alias({ barcode: 'b-1', c8_barcode: cola, effective_from: '2026-11-20' })
    await alias({ barcode: cola, c8_barcode: 'nowhere', effective_from: '2026-11-25' })
    const early = await receive('early', 'b-1', '2026-11-09')
    expect(await ask(`POST /api/orders/${early}?action=import`)).toMatchObject({ status: 422, body: failed(/b-1/) })
    expect(await productOf(await receive('middle', 'b-1', '2026-11-19'))).toMatchObject({ product_id: idOf(tea) })
    const late = await receive('late', 'b-1', '2026-11-26')
    expect(await productOf(late)).toMatchObject({ barcode: 'b-1', c8_barcode: cola, product_id: idOf(cola) })
    expect(await ask(`POST /api/orders/${late}?action=import`)).toMatchObject({ status: 200 })
    const [document] = await context.app.sandbox.control.documents('late')
    expect(document!.retail_lines[0]!.product_id).toBe(idOf(cola))
    expect((await context.app.findOrder(shop, 'late'))!.products).toMatchObject([{ barcode: 'b-1' }])
  })

  it('that lead to a barcode that C8 does not know are named in the preview, before an import of many and at its failure', async () => {
    await alias({ barcode: 'c-1', c8_barcode: 'gone' })
    const id = await receive('lost', 'c-1')
    const told = { code: 'alias_unknown', params: { barcode: 'c-1', c8_barcode: 'gone' } }
    const preview = await ask(`GET /api/orders/${id}?action=preview_import`)
    expect(preview.body).toMatchObject({ draft: null, reasons: [told], lines: [{ c8_barcode: 'gone' }] })
    expect((await ask('POST /api/imports/preview', { ids: [id] })).body).toMatchObject({ problems: [told] })
    const refused = await ask(`POST /api/orders/${id}?action=import`)
    expect(refused).toMatchObject({ status: 422, body: failed(/c-1.*gone.*修改对照/, 'alias_unknown') })
    expect(refused.body).toMatchObject(told)
  })
})

describe('C8’s products', () => {
  it('are found by barcode and by name', async () => {
    expect((await ask(`GET /api/products?barcode=${water}`)).body).toMatchObject({ root: [{ barcode: water }] })
    expect((await ask('GET /api/products?barcode=nowhere')).body).toMatchObject({ total: 0, root: [] })
    const { body } = await ask<{ total: number; root: Fields[] }>('GET /api/products?limit=3')
    expect(body.root).toHaveLength(3)
    expect(body.total).toBeGreaterThan(3)
    const { name } = body.root[0]!
    expect((await ask(`GET /api/products?name=${encodeURIComponent(String(name))}`)).body.root).toContainEqual(
      body.root[0],
    )
  })
})
