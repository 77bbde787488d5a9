import { beforeEach, describe, expect, it } from 'vitest'
import { failed, useApp, type Fields, type Shop } from './server.ts'

const context = useApp({ NUXT_C8_SETTLE: '1000', NUXT_UPSTREAM_TIMEOUT: '2000' })
const control = () => context.app.sandbox.control

beforeEach(() => control().settings({ retail_filter: 'exact', retail_fields: [] }))

async function openShop(): Promise<Shop> {
  const shop = await context.app.openShop()
  await context.app.addDevice(shop)
  return shop
}

const importOrder = (shop: Shop, id: number) => context.app.ask(`POST /api/orders/${id}?action=import`, shop)
const documentsOf = async (shop: Shop) =>
  (await control().documents()).filter(({ set_of_book }) => set_of_book === shop.name)

/** A document that somebody else made in C8. */
async function makeDocument(shop: Shop, sourceId: string, changes: Fields = {}) {
  const response = await fetch(`${context.app.sandbox.c8Url}/api/retails`, {
    method: 'POST',
    headers: { token: shop.c8Token },
    body: JSON.stringify({
      source: 'gobox',
      source_id: sourceId,
      store_id: 1,
      bank_id: 21,
      member_id: 61,
      employee_id: 41,
      bill_type: 0,
      total_amount: 10.5,
      bank_amount: 10.5,
      retail_lines: [{ product_id: 1001, quantity: 3, tax_price: 3.5, tax_rate: 0 }],
      ...changes,
    }),
  })
  return (await response.json()) as { id: number; code: string }
}

/** Whether each imported order of the shop has a document of its own, made from it, to the fen. */
async function expectOwnDocuments(shop: Shop, transIds: string[]) {
  const documents = new Map((await documentsOf(shop)).map((document) => [document.id, document]))
  const orders = await Promise.all(transIds.map((transId) => context.app.findOrder(shop, transId)))
  expect(orders.map((order) => documents.get(order!.retail_id as number))).toMatchObject(
    orders.map((order) => ({ source_id: order!.trans_id, total_amount: order!.total_amount, status: 6 })),
  )
  expect(documents.size).toBe(transIds.length)
}

describe.each([
  [[]],
  [['source_id' as const]],
  [['total_amount' as const]],
  [['source_id' as const, 'total_amount' as const]],
])('a C8 that tells %j of a document', (retail_fields) => {
  it('and compares without case: orders that differ in case alone get a document each', async () => {
    const shop = await openShop()
    await control().settings({ retail_filter: 'ignore_case', retail_fields })
    const transIds = ['Tx-1', 'TX-1', 'tx-1']
    for (const transId of transIds) {
      const id = await context.app.receive(shop, transId)
      expect(await importOrder(shop, id)).toMatchObject({ status: 200 })
    }
    await expectOwnDocuments(shop, transIds)
  })

  it('and answers whatever is asked for: eight orders get a document each', async () => {
    const shop = await openShop()
    const transIds = Array.from({ length: 8 }, (_, index) => `all-${index}`)
    const ids: number[] = []
    for (const transId of transIds) ids.push(await context.app.receive(shop, transId))
    await control().settings({ retail_filter: 'ignore', retail_fields })
    for (const id of ids) expect(await importOrder(shop, id)).toMatchObject({ status: 200 })
    await expectOwnDocuments(shop, transIds)
  })
})

describe('a document that C8 has for an order', () => {
  it('is not one that somebody has made by hand, of no order and with a number as its code', async () => {
    const shop = await openShop()
    const id = await context.app.receive(shop, 'by hand')
    const { id: documentId } = await makeDocument(shop, 'nobody')
    await control().changeDocument(documentId, { source_id: '' })
    const document = context.app.sandbox.state.documents.get(documentId)!
    document.code = JSON.rawJSON('20261120000000000017') as unknown as string
    await control().settings({ retail_filter: 'ignore', retail_fields: ['source_id'] })
    expect(await importOrder(shop, id)).toMatchObject({ status: 200 })
    // What `control` answers is cloned, which such a number cannot be.
    document.code = 'LS-by-hand'
    expect(await documentsOf(shop)).toHaveLength(2)
  })

  it.each([[[]], [['source_id' as const, 'total_amount' as const]]])(
    'is adopted, with %j told',
    async (retail_fields) => {
      const shop = await openShop()
      const id = await context.app.receive(shop, 'own')
      const { id: retail_id, code: retail_code } = await makeDocument(shop, 'own')
      await control().settings({ retail_fields })
      expect(await importOrder(shop, id)).toMatchObject({ status: 200, body: { retail_id, retail_code } })
      await expectOwnDocuments(shop, ['own'])
    },
  )

  it('of another amount is refused, with both amounts named, until it is mended', async () => {
    const shop = await openShop()
    const id = await context.app.receive(shop, 'amount')
    const document = await makeDocument(shop, 'amount', {
      total_amount: 7,
      bank_amount: 7,
      retail_lines: [{ product_id: 1001, quantity: 2, tax_price: 3.5, tax_rate: 0 }],
    })
    await control().settings({ retail_fields: ['total_amount'] })
    const answer = await importOrder(shop, id)
    expect(answer).toMatchObject({ status: 422, body: { code: 'retail_amount_differs' } })
    expect(answer.body.errmsg).toMatch(/7 元.*10\.5 元/)
    expect(await context.app.findOrder(shop, 'amount')).toMatchObject({ import_state: 'failed', retail_id: null })
    expect(await documentsOf(shop)).toHaveLength(1)
    await control().changeDocument(document.id, { total_amount: 10.5 })
    expect(await importOrder(shop, id)).toMatchObject({ status: 200, body: { retail_id: document.id } })
  })

  it('and that is there twice is refused, with both codes named, until one is left', async () => {
    const shop = await openShop()
    const id = await context.app.receive(shop, 'twice')
    const [one, two] = [await makeDocument(shop, 'twice'), await makeDocument(shop, 'twice')]
    const answer = await importOrder(shop, id)
    expect(answer).toMatchObject({ status: 422, body: { code: 'retail_doubled' } })
    expect(answer.body.errmsg).toContain(`${one.code}、${two.code}`)
    expect(await control().documents('twice')).toHaveLength(2)
    await control().deleteDocument(one.id)
    expect(await importOrder(shop, id)).toMatchObject({ status: 200, body: { retail_id: two.id } })
  })

  it('is found among those of other orders after a create that got no answer', async () => {
    const shop = await openShop()
    await control().settings({ retail_filter: 'ignore' })
    for (const transId of ['first', 'second']) {
      expect((await importOrder(shop, await context.app.receive(shop, transId))).status).toBe(200)
    }
    const id = await context.app.receive(shop, 'third')
    await control().fault({ step: 'c8.retail_create', kind: 'create_then_500', times: 1 })
    expect((await importOrder(shop, id)).status).toBe(502)
    expect((await importOrder(shop, id)).status).toBe(200)
    await expectOwnDocuments(shop, ['first', 'second', 'third'])
  })

  it("is the same whether C8 sends its id as a number or as text, and is then another order's", async () => {
    const shop = await openShop()
    const id = await context.app.receive(shop, 'number')
    expect((await importOrder(shop, id)).status).toBe(200)
    const [row] = context.app.rows<{ document_id: string }>(
      'SELECT document_id FROM retail_documents WHERE order_id = ?',
      id,
    )
    const order = await context.app.findOrder(shop, 'number')
    expect(row).toEqual({ document_id: String(order!.retail_id) })
    // As if C8 answered every create with the document that it has already, its id as text.
    const other = await context.app.receive(shop, 'text')
    await control().fault({
      step: 'c8.retail_create',
      kind: 'text',
      status: 200,
      message: JSON.stringify({ id: String(order!.retail_id), code: order!.retail_code }),
      times: 1,
    })
    const answer = await importOrder(shop, other)
    expect(answer).toMatchObject({ status: 422, body: failed(/已属于订单 number/) })
    expect(await context.app.findOrder(shop, 'text')).toMatchObject({
      import_state: 'failed',
      is_imported: false,
      retail_id: null,
      retail_code: null,
    })
  })

  it('of one account set is not given to the same order of another', async () => {
    const { app } = context
    const [one, two] = [await openShop(), await openShop()]
    const c8Token = await app.addC8Token(15, [two.name, one.name])
    const { body } = await app.logInWith(c8Token, { set_of_book: two.name })
    const seesBoth = { ...two, token: body.token as string }
    expect((await importOrder(one, await app.receive(one, 'both'))).status).toBe(200)
    expect((await importOrder(seesBoth, await app.receive(two, 'both'))).status).toBe(200)
    await expectOwnDocuments(one, ['both'])
    await expectOwnDocuments(two, ['both'])
  })
})

describe('an order that shares its document with another, from an earlier version', () => {
  it('can be reset though the document exists, and gets its own', async () => {
    const { app } = context
    const shop = await openShop()
    for (const transId of ['holder', 'sharer']) await importOrder(shop, await app.receive(shop, transId))
    const [holder, sharer] = [await app.findOrder(shop, 'holder'), await app.findOrder(shop, 'sharer')]
    await control().deleteDocument(sharer!.retail_id as number)
    app.change('DELETE FROM retail_documents WHERE order_id = ?', sharer!.id)
    app.change(
      'UPDATE orders SET retail_id = ?, retail_code = ? WHERE id = ?',
      JSON.stringify(holder!.retail_id),
      holder!.retail_code,
      sharer!.id,
    )
    const reset = (id: number) => app.ask(`POST /api/orders/${id}?action=init_order`, shop)
    expect(await reset(holder!.id)).toMatchObject({ status: 409, body: failed(/零售单依然存在/) })
    expect((await reset(sharer!.id)).status).toBe(200)
    expect((await importOrder(shop, sharer!.id)).status).toBe(200)
    await expectOwnDocuments(shop, ['holder', 'sharer'])
  })
})
