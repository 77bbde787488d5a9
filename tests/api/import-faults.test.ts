import { describe, expect, it } from 'vitest'
import type { Fault } from '../../sandbox/fault-model.ts'
import { expectOneDocument, importToTheEnd, receiveOrder, type Received } from './one-document.ts'
import { failed, useApp } from './server.ts'

const TIMEOUT = 900
const SETTLE = 1500
const context = useApp({
  NUXT_UPSTREAM_TIMEOUT: String(TIMEOUT),
  NUXT_UPSTREAM_MAX_BYTES: '100000',
  NUXT_C8_SETTLE: String(SETTLE),
})
const control = () => context.app.sandbox.control
const importOrder = ({ shop, id }: Received) => context.app.ask(`POST /api/orders/${id}?action=import`, shop)

const BROKEN = { status: 502, body: failed(/^C8 .+失败：/) }
const SLOW = { status: 504, body: failed(/^C8 .+超时/) }

type Kind = [says: string, fault: Omit<Fault, 'step'>, answer: object]
const kinds: Kind[] = [
  ['500', { kind: 'status', status: 500 }, BROKEN],
  ['502', { kind: 'status', status: 502 }, BROKEN],
  ['429', { kind: 'status', status: 429 }, BROKEN],
  ['garbage', { kind: 'garbage' }, BROKEN],
  ['a reset', { kind: 'reset' }, BROKEN],
  ['a redirect', { kind: 'redirect' }, BROKEN],
  ['too many bytes', { kind: 'huge', bytes: 1_000_000 }, BROKEN],
  ['nothing in time', { kind: 'slow', ms: TIMEOUT + 200 }, SLOW],
  ['a byte now and then', { kind: 'drip', ms: 200 }, SLOW],
]

describe.each([
  ['c8.products', kinds.slice(0, 1)],
  ['c8.set_of_books', kinds.slice(3, 4)],
  ['c8.retail_lookup', kinds],
] as const)('a fault at %s, before anything is created', (step, kindsOfStep) => {
  it.each(kindsOfStep)('%s: nothing is created until C8 can be asked, then one document', async (_, fault, answer) => {
    const order = await receiveOrder(context.app)
    await control().fault({ step, ...fault })
    expect(await importOrder(order)).toMatchObject(answer)
    expect(await context.app.findOrder(order.shop, order.transId)).toMatchObject({
      is_imported: false,
      import_state: 'queued',
      import_error: expect.stringMatching(/^C8/),
      awaits_c8: false,
    })
    expect((await importOrder(order)).status).toBeGreaterThanOrEqual(409)
    expect(await control().calls('c8.retail_create')).toEqual([])
    await control().clearFaults()
    expect((await importOrder(order)).status).toBe(200)
    await expectOneDocument(context.app, order)
    expect(await control().calls('redirected')).toEqual([])
  })
})

describe.each(['c8.confirm', 'c8.workflow'] as const)('a fault at %s, after the document is made', (step) => {
  it.each(kinds)('%s: the order is imported already, and goes on from there', async (_, fault, answer) => {
    const order = await receiveOrder(context.app)
    await control().fault({ step, ...fault, times: 1 })
    expect(await importOrder(order)).toMatchObject(answer)
    const [document] = await control().documents(order.transId)
    expect(await context.app.findOrder(order.shop, order.transId)).toMatchObject({
      is_imported: true,
      import_state: 'created',
      retail_id: document!.id,
    })
    await importToTheEnd(context.app, order)
    await expectOneDocument(context.app, order)
    expect(await control().calls('c8.retail_create')).toHaveLength(1)
  })
})

/** Whoever answers a create with one of these may be a gateway: C8 itself may still be at it. */
const unclearStatuses = [302, 304, 408, 429, 500, 502, 503, 504, 520, 524, 599]

describe('a create without a clear answer', () => {
  it.each<[...Kind, creates: number]>([
    ...unclearStatuses.map((status): [...Kind, number] => [
      `${status}, and the document is made late`,
      { kind: 'create_late', status, ms: 600 },
      BROKEN,
      1,
    ]),
    ['500, with nothing done', { kind: 'status', status: 500 }, BROKEN, 2],
    ['500, with the document made', { kind: 'create_then_500' }, BROKEN, 1],
    ['429, with nothing done', { kind: 'status', status: 429 }, BROKEN, 2],
    ['a redirect', { kind: 'redirect' }, BROKEN, 2],
    ['garbage, with the document made', { kind: 'create_then_garbage' }, BROKEN, 1],
    ['a reset, with nothing done', { kind: 'reset' }, BROKEN, 2],
    ['a reset, with the document made', { kind: 'create_then_drop' }, BROKEN, 1],
    ['garbage', { kind: 'garbage' }, BROKEN, 2],
    ['too many bytes', { kind: 'huge', bytes: 1_000_000 }, BROKEN, 2],
    ['a byte now and then, with the document made', { kind: 'drip', ms: 200 }, SLOW, 1],
    ['nothing in time, and the document is made late', { kind: 'create_late', ms: TIMEOUT + 400 }, SLOW, 1],
    ['nothing in time, and the answer comes late', { kind: 'slow', ms: TIMEOUT + 300 }, SLOW, 1],
  ])('%s: only look-ups until C8 has settled, then one document', async (_, fault, answer, creates) => {
    const order = await receiveOrder(context.app)
    await control().fault({ step: 'c8.retail_create', ...fault, times: 1 })
    const begin = Date.now()
    expect(await importOrder(order)).toMatchObject(answer)
    expect(await context.app.findOrder(order.shop, order.transId)).toMatchObject({
      is_imported: false,
      import_state: 'queued',
      awaits_c8: true,
    })
    const waiting = await importToTheEnd(context.app, order)
    await expectOneDocument(context.app, order)
    const calls = await control().calls('c8.retail_create')
    expect(calls).toHaveLength(creates)
    // 409 while it waits: C8 has been asked, and has nothing yet.
    expect(
      waiting.filter((told) => !told.startsWith('409 等待 C8 确认') && !told.startsWith('409 订单正在导入')),
    ).toEqual([])
    if (creates === 2) expect(calls[1]!.time - begin).toBeGreaterThanOrEqual(SETTLE)
  })

  it('keeps the order as it was sent, and from being deleted or reset, while it waits', async () => {
    const { app } = context
    const order = await receiveOrder(app)
    await control().fault({ step: 'c8.retail_create', kind: 'create_late', ms: TIMEOUT + 500, times: 1 })
    expect((await importOrder(order)).status).toBe(504)
    await app.receive(order.shop, order.transId, {
      status: 103,
      update_time: '2026-11-21 00:00:00',
      products: [{ barcode: '1', name: 'x', num: 1, amount: 1 }],
    })
    expect(await app.findOrder(order.shop, order.transId)).toMatchObject({ status: 103, total_amount: 10.5 })
    expect(await app.ask(`POST /api/orders/${order.id}?action=init_order`, order.shop)).toMatchObject({
      status: 409,
      body: failed(/等待 C8 确认/),
    })
    expect((await app.ask(`DELETE /api/orders/${order.id}`, order.shop)).status).toBe(409)
    await importToTheEnd(context.app, order)
    await expectOneDocument(context.app, order)
  })

  it('makes none after the buyer got the money back, where C8 did not make one', async () => {
    const { app } = context
    const order = await receiveOrder(app)
    await control().fault({ step: 'c8.retail_create', kind: 'reset', times: 1 })
    expect((await importOrder(order)).status).toBe(502)
    await app.receive(order.shop, order.transId, { status: 103, update_time: '2026-11-21 00:00:00' })
    await expect
      .poll(async () => (await importOrder(order)).body.errmsg, { timeout: 10_000, interval: 200 })
      .toMatch(/支付成功/)
    expect(await control().documents(order.transId)).toEqual([])
    expect(await app.findOrder(order.shop, order.transId)).toMatchObject({ import_state: 'idle', awaits_c8: false })
  })

  it('is found by a batch, too, where the look-up was refused and the buyer has the money back', async () => {
    const { app } = context
    const order = await receiveOrder(app)
    await control().fault({ step: 'c8.retail_create', kind: 'create_then_drop', times: 1 })
    expect((await importOrder(order)).status).toBe(502)
    await control().fault({ step: 'c8.retail_lookup', kind: 'refuse', times: 1 })
    await expect
      .poll(() => app.findOrder(order.shop, order.transId), { timeout: 15_000, interval: 200 })
      .toMatchObject({ import_state: 'failed', awaits_c8: true })
    await app.receive(order.shop, order.transId, { status: 103, update_time: '2026-11-21 00:00:00' })
    expect(await app.ask('POST /api/imports', { token: order.shop.token, body: { ids: [order.id] } })).toMatchObject({
      status: 200,
    })
    await expect
      .poll(() => app.findOrder(order.shop, order.transId), { timeout: 10_000, interval: 200 })
      .toMatchObject({ import_state: 'imported' })
    await expectOneDocument(context.app, order)
  })

  it('is not made again while C8 cannot be asked', async () => {
    const order = await receiveOrder(context.app)
    await control().fault({ step: 'c8.retail_create', kind: 'create_then_drop', times: 1 })
    expect((await importOrder(order)).status).toBe(502)
    await control().fault({ step: 'c8.retail_lookup', kind: 'status', status: 503 })
    await new Promise((resolve) => setTimeout(resolve, SETTLE + 200))
    expect(await importOrder(order)).toMatchObject(BROKEN)
    expect(await control().calls('c8.retail_create')).toHaveLength(1)
    await control().clearFaults()
    await importToTheEnd(context.app, order)
    await expectOneDocument(context.app, order)
  })
})

describe('an order that waits for a retry', () => {
  it('is taken up by itself', async () => {
    const order = await receiveOrder(context.app)
    await control().fault({ step: 'c8.retail_lookup', kind: 'status', times: 1 })
    expect((await importOrder(order)).status).toBe(502)
    await expect
      .poll(async () => (await context.app.findOrder(order.shop, order.transId))?.import_state, {
        timeout: 15_000,
        interval: 200,
      })
      .toBe('imported')
    await expectOneDocument(context.app, order)
  })
})

describe('init_order, when C8 is not to be asked', () => {
  it.each([
    ...kinds,
    ['that the session has ended', { kind: 'lapsed_token' }, { status: 422, body: failed(/重新登录/) }],
    ['404', { kind: 'status', status: 404 }, { status: 422, body: failed(/被拒绝/) }],
  ] as Kind[])('%s: changes nothing', async (_, fault, answer) => {
    const order = await receiveOrder(context.app)
    expect((await importOrder(order)).status).toBe(200)
    const before = context.app.snapshot()
    await control().fault({ step: 'c8.retail_get', ...fault })
    expect(await context.app.ask(`POST /api/orders/${order.id}?action=init_order`, order.shop)).toMatchObject(answer)
    expect(context.app.snapshot()).toEqual(before)
  })
})

describe('a document that is deleted before it is finished', () => {
  it('is said to be gone, and made anew after a reset', async () => {
    const { app } = context
    const order = await receiveOrder(app)
    await control().fault({ step: 'c8.confirm', kind: 'status', times: 1 })
    await importOrder(order)
    await control().deleteDocument((await control().documents(order.transId))[0]!.id)
    expect(await importOrder(order)).toMatchObject({ status: 422, body: failed(/已被删除/) })
    expect((await app.ask(`POST /api/orders/${order.id}?action=init_order`, order.shop)).status).toBe(200)
    expect((await importOrder(order)).status).toBe(200)
    await expectOneDocument(context.app, order)
  })
})
