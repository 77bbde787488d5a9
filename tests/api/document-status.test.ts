import { beforeEach, describe, expect, it } from 'vitest'
import { failed, useApp, type Shop } from './server.ts'

const context = useApp({ NUXT_C8_SETTLE: '1000', NUXT_UPSTREAM_TIMEOUT: '2000' })
const control = () => context.app.sandbox.control

beforeEach(() => control().settings({ workflow_executions: 2, workflow_result: 6, retail_fields: [] }))

async function receiveOrder(transId: string): Promise<{ shop: Shop; id: number }> {
  const shop = await context.app.openShop()
  await context.app.addDevice(shop)
  const id = await context.app.receive(shop, transId)
  await control().clearCalls()
  return { shop, id }
}

const importOrder = ({ shop, id }: { shop: Shop; id: number }) =>
  context.app.ask(`POST /api/orders/${id}?action=import`, shop)
const steps = async () => (await control().calls()).map(({ step }) => step)

/** Imports up to the document, whose confirmation C8 refuses. */
async function importWithoutConfirm(transId: string) {
  const order = await receiveOrder(transId)
  await control().fault({ step: 'c8.confirm', kind: 'refuse', times: 1 })
  expect((await importOrder(order)).status).toBe(422)
  const [document] = await control().documents(transId)
  await control().clearCalls()
  return { ...order, document: document! }
}

describe('a document that its auditor sends back', () => {
  it('in the workflow is a refusal at once, not stepped on, and no fault that is tried again', async () => {
    await control().settings({ workflow_result: 5 })
    const order = await receiveOrder('back-1')
    expect(await importOrder(order)).toMatchObject({
      status: 422,
      body: failed(/审核退回/, 'retail_sent_back'),
    })
    expect((await steps()).filter((step) => step === 'c8.workflow')).toHaveLength(2)
    expect(await context.app.findOrder(order.shop, 'back-1')).toMatchObject({
      import_state: 'created',
      is_imported: true,
      import_error: expect.stringMatching(/审核退回/),
    })
    expect(context.app.rows('SELECT import_due_at FROM orders WHERE id = ?', order.id)).toEqual([
      { import_due_at: null },
    ])
  })

  it('before the next import is neither confirmed nor stepped on, and finished once it is mended', async () => {
    const { document, ...order } = await importWithoutConfirm('back-2')
    await control().changeDocument(document.id, { status: 5 })
    expect(await importOrder(order)).toMatchObject({ status: 422, body: failed(/审核退回/) })
    expect(await steps()).toEqual(['c8.retail_get'])
    await control().changeDocument(document.id, { status: 0 })
    expect((await importOrder(order)).status).toBe(200)
    expect(await control().documents('back-2')).toMatchObject([{ status: 6 }])
  })

  it('is adopted without being stepped on', async () => {
    const { document, ...order } = await importWithoutConfirm('back-3')
    await control().changeDocument(document.id, { status: 5 })
    // As after a crash between C8's answer and the commit.
    context.app.change('DELETE FROM retail_documents WHERE order_id = ?', order.id)
    context.app.change(
      "UPDATE orders SET import_state = 'failed', retail_id = NULL, retail_code = NULL WHERE id = ?",
      order.id,
    )
    expect(await importOrder(order)).toMatchObject({ status: 422, body: failed(/审核退回/) })
    expect(await steps()).not.toContain('c8.workflow')
    expect(await steps()).not.toContain('c8.confirm')
    expect(await context.app.findOrder(order.shop, 'back-3')).toMatchObject({ import_state: 'created' })
  })
})

describe('a document', () => {
  it('that is done needs neither confirm nor workflow', async () => {
    const { document, ...order } = await importWithoutConfirm('done')
    await control().changeDocument(document.id, { status: 6 })
    expect((await importOrder(order)).status).toBe(200)
    expect(await steps()).toEqual(['c8.retail_get'])
  })

  it.each([0, 2, 4, 7])('of status %i is brought to its end', async (status) => {
    const { document, ...order } = await importWithoutConfirm(`status-${status}`)
    await control().changeDocument(document.id, { status })
    expect((await importOrder(order)).status).toBe(200)
    expect(await control().documents(`status-${status}`)).toMatchObject([{ status: 6 }])
  })
})

describe("C8's words for a refusal", () => {
  it.each<[string, string, RegExp]>([
    ['text without JSON', '期间已关闭，不能开单', /期间已关闭，不能开单/],
    ['more than 200 characters', `开头${'长'.repeat(300)}`, /开头长{198}…$/],
    ['a JSON text', '"库存不足"', /库存不足/],
    ['JSON that names its reason otherwise', '{"detail":"账期已结"}', /账期已结/],
    ['nothing', '', /状态 409/],
    ['line breaks and control characters', '第一行\r\n\u0000第二行', /第一行 第二行/],
  ])('are carried to the person: %s', async (_, message, errmsg) => {
    const order = await receiveOrder('words')
    await control().fault({ step: 'c8.retail_create', kind: 'text', status: 409, message })
    const { status, body } = await importOrder(order)
    expect({ status, body }).toMatchObject({ status: 422, body: failed(errmsg) })
    expect(await control().documents('words')).toEqual([])
  })

  it('never repeat the token that the call carried', async () => {
    const order = await receiveOrder('secret')
    const { c8Token } = order.shop
    await control().fault({ step: 'c8.retail_create', kind: 'text', status: 400, message: `bad token ${c8Token}` })
    const { body } = await importOrder(order)
    expect(body.errmsg).toMatch(/bad token \*\*\*/)
    expect(JSON.stringify(context.app.snapshot())).not.toContain(c8Token)
  })
})
