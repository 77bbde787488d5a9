import { describe, expect, it } from 'vitest'
import type { Fault, Step } from '../../sandbox/fault-model.ts'
import { useApp } from './server.ts'

const SETTLE = 2500
const context = useApp({ NUXT_UPSTREAM_TIMEOUT: '5000', NUXT_C8_SETTLE: String(SETTLE) })
const control = () => context.app.sandbox.control
let count = 0

async function receiveOrder() {
  const { app } = context
  const shop = await app.openShop()
  await app.addDevice(shop)
  const transId = `K${++count}`
  const id = await app.receive(shop, transId)
  await control().clearCalls()
  return { shop, id, transId }
}

/** Starts an import, waits for the call of `step`, and pulls the plug. */
async function killDuring(step: Step, { shop, id }: Awaited<ReturnType<typeof receiveOrder>>) {
  const importing = context.app.ask(`POST /api/orders/${id}?action=import`, shop).catch(() => 'cut off')
  await expect.poll(() => control().calls(step), { interval: 10 }).not.toEqual([])
  await context.app.kill9()
  expect(await importing).toBe('cut off')
}

async function importToTheEnd({ shop, id, transId }: Awaited<ReturnType<typeof receiveOrder>>) {
  await expect
    .poll(
      async () => {
        await context.app.ask(`POST /api/orders/${id}?action=import`, shop)
        return (await context.app.findOrder(shop, transId))?.import_state
      },
      { timeout: 20_000, interval: 200 },
    )
    .toBe('imported')
  const documents = await control().documents(transId)
  expect(documents).toMatchObject([{ status: 6 }])
  expect(await context.app.findOrder(shop, transId)).toMatchObject({
    retail_id: documents[0]!.id,
    retail_code: documents[0]!.code,
    awaits_c8: false,
  })
}

describe('a kill -9 of the app', () => {
  it.each<[says: string, step: Step, fault: Omit<Fault, 'step'>, creates: number]>([
    ['while C8 is asked for a product', 'c8.products', { kind: 'slow', ms: 400 }, 1],
    ['while C8 looks for the document', 'c8.retail_lookup', { kind: 'slow', ms: 400 }, 1],
    ['while C8 creates, before it has begun', 'c8.retail_create', { kind: 'slow', ms: 60_000 }, 2],
    ['while C8 creates, which it does later', 'c8.retail_create', { kind: 'create_late', ms: 2000 }, 1],
    ['while C8 answers the create', 'c8.retail_create', { kind: 'drip', ms: 300 }, 1],
    ['while C8 confirms', 'c8.confirm', { kind: 'slow', ms: 400 }, 1],
    ['while C8 runs the workflow', 'c8.workflow', { kind: 'drip', ms: 300 }, 1],
  ])('%s ends in one document after the restart', async (_, step, fault, creates) => {
    const order = await receiveOrder()
    await control().fault({ step, ...fault })
    await killDuring(step, order)
    await control().clearFaults()
    await context.app.start()
    await importToTheEnd(order)
    expect(await control().calls('c8.retail_create')).toHaveLength(creates)
  })

  it('is recovered from without anybody asking', async () => {
    const order = await receiveOrder()
    await control().fault({ step: 'c8.retail_create', kind: 'create_late', ms: 200, times: 1 })
    await killDuring('c8.retail_create', order)
    await context.app.start()
    await expect
      .poll(async () => (await context.app.findOrder(order.shop, order.transId))?.import_state, {
        timeout: 20_000,
        interval: 200,
      })
      .toBe('imported')
    expect(await control().documents(order.transId)).toMatchObject([{ status: 6 }])
    expect(await control().calls('c8.retail_create')).toHaveLength(1)
  })

  it('in the middle of a batch loses no order and makes none twice', async () => {
    const { app } = context
    const shop = await app.openShop()
    await app.addDevice(shop)
    const ids: number[] = []
    for (let index = 0; index < 8; index++) ids.push(await app.receive(shop, `batch-${index}`))
    await control().clearCalls()
    await control().latency({ 'c8.retail_create': 100 })
    const { body } = await app.ask('POST /api/imports', { token: shop.token, body: { ids } })
    await expect.poll(() => control().calls('c8.retail_create'), { interval: 10 }).not.toEqual([])
    await app.kill9()
    await control().latency({})
    await app.start()
    await expect
      .poll(async () => (await app.ask(`GET /api/imports/${body.id as number}`, shop)).body, {
        timeout: 25_000,
        interval: 300,
      })
      .toMatchObject({ total: 8, imported: 8, failed: 0, pending: 0 })
    const documents = (await control().documents()).filter(({ set_of_book }) => set_of_book === shop.name)
    expect(documents.map(({ source_id }) => source_id).sort()).toEqual(ids.map((_, index) => `batch-${index}`))
    expect(documents.every(({ status }) => status === 6)).toBe(true)
  })
})

describe('a stop that the owner asks for', () => {
  it('lets an import that runs come to its end', async () => {
    const order = await receiveOrder()
    await control().fault({ step: 'c8.retail_create', kind: 'slow', ms: 300, times: 1 })
    const importing = context.app.ask(`POST /api/orders/${order.id}?action=import`, order.shop).catch(() => 'cut off')
    await expect.poll(() => control().calls('c8.retail_create'), { interval: 10 }).toHaveLength(1)
    await context.app.restart()
    await importing
    await importToTheEnd(order)
  })
})
