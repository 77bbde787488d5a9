import { describe, expect, it } from 'vitest'
import { itHolds, itIsGuarded, type Scenario } from './scenarios.ts'
import { failed } from './server.ts'
import { useBatches } from './import-batch.ts'

const { context, world, control, start, batch, finished, openShopWithOrders, documentsOf } = useBatches()

describe('POST /api/imports', () => {
  itIsGuarded('POST /api/imports', 'create', () => world, { ids: [1] })

  itHolds(
    [
      ['neither ids nor filter', {}, /ids 和 filter/],
      ['both', { ids: [1], filter: {} }, /ids 和 filter/],
      ['an empty list', { ids: [] }, /^ids：/],
      ['an id that is text', { ids: ['x'] }, /^ids\.0：/],
      ['an id of 0', { ids: [0] }, /^ids\.0：/],
      ['ids that are no list', { ids: 5 }, /^ids：/],
      ['null as ids', { ids: null }, /^ids：/],
      ['more than 10,000 ids', { ids: Array.from({ length: 10_001 }, (_, index) => index + 1) }, /^ids：/],
      ['a filter that is no object', { filter: 'all' }, /^filter：/],
      ['a list as filter', { filter: [] }, /^filter：/],
      ['null as filter', { filter: null }, /^filter：/],
      ['a filter with a bad status', { filter: { status: 99 } }, /^filter\.status：/],
      [
        'a filter that ends before it starts',
        { filter: { start_date: '2026-11-21', end_date: '2026-11-20' } },
        /start_date：/,
      ],
    ].map(([says, body, errmsg]): Scenario => ({
      says: `refuses ${says as string}`,
      request: 'POST /api/imports',
      body,
      status: 400,
      answer: failed(errmsg as RegExp),
    })),
    () => world,
  )

  it.each(['theirs', 'nowhere'])('starts nothing when one of the ids is %s', async (name) => {
    const { app, shop, ids } = world
    const before = app.snapshot()
    expect(await start(shop, { ids: [ids.order, ids[name]] })).toMatchObject({ status: 404, body: failed() })
    expect(app.snapshot()).toEqual(before)
  })

  it('imports the orders named, each once however often it is named', async () => {
    const { shop, ids } = await openShopWithOrders(3)
    const { body } = await start(await context.app.logIn(shop.name, 4), {
      ids: [ids[0], ids[1], String(ids[1]), ids[0]],
    })
    expect(body).toEqual({ state: 1, id: expect.any(Number), total: 2 })
    expect(await finished(shop, body.id)).toEqual({
      state: 1,
      id: body.id,
      total: 2,
      imported: 2,
      failed: 0,
      cancelled: 0,
      pending: 0,
      failures: [],
      automatic: false,
      created_at: expect.any(String),
      created_user: '陈晓东',
      waiting_reason: null,
      waiting_code: null,
      waiting_params: null,
      retry_at: null,
    })
    expect((await documentsOf(shop)).map(({ source_id }) => source_id).sort()).toEqual(['B0', 'B1'])
  })

  it('imports what a filter finds, empty text meaning not given', async () => {
    const { app } = context
    const { shop } = await openShopWithOrders(2)
    await app.receive(shop, 'later', { create_time: '2026-11-22 10:00:00' })
    await app.receive(shop, 'unpaid', { status: 101 })
    const { body } = await start(shop, {
      filter: {
        start_date: '2026-11-20',
        end_date: '2026-11-20',
        status: '100',
        is_imported: 0,
        dev_id: '',
        trans_id: '',
      },
    })
    expect(body.total).toBe(2)
    await finished(shop, body.id)
    expect((await documentsOf(shop)).map(({ source_id }) => source_id).sort()).toEqual(['B0', 'B1'])
  })

  it('that C8 keeps waiting says why, and when it is tried again by itself', async () => {
    const { app } = context
    const { shop, ids } = await openShopWithOrders(2)
    await control().fault({ step: 'c8.retail_lookup', kind: 'status', status: 500 })
    const { body } = await start(shop, { ids })
    const wait = {
      waiting_reason: expect.stringMatching(/^C8 .+失败/),
      waiting_code: 'upstream_faulty',
      waiting_params: expect.objectContaining({ upstream: 'C8' }),
      retry_at: expect.stringMatching(/^\d{4}-/),
    }
    await expect.poll(() => batch(shop, body.id)).toMatchObject({ pending: 2, ...wait })
    expect((await app.ask(`GET /api/jobs/${body.id}`, { token: shop.token })).body).toMatchObject(wait)
    expect(await app.findOrder(shop, 'B0')).toMatchObject({
      import_state: 'queued',
      import_retry_at: expect.stringMatching(/^\d{4}-/),
    })
    await control().clearFaults()
    expect(await finished(shop, body.id)).toMatchObject({ imported: 2, waiting_reason: null, retry_at: null })
    expect(await app.findOrder(shop, 'B0')).toMatchObject({ import_retry_at: null })
  })

  it('that C8 does not answer says so while it waits', async () => {
    const { shop, ids } = await openShopWithOrders(1)
    await control().fault({ step: 'c8.retail_lookup', kind: 'slow', ms: 3000, times: 1 })
    const { body } = await start(shop, { ids })
    await expect.poll(() => batch(shop, body.id)).toMatchObject({ waiting_code: 'c8_slow', retry_at: null })
    expect(await finished(shop, body.id)).toMatchObject({ imported: 1 })
  })

  it('of a filter that finds nothing is done at once', async () => {
    const { shop } = await openShopWithOrders(0)
    const { body } = await start(shop, { filter: {} })
    expect(await finished(shop, body.id)).toMatchObject({ total: 0, imported: 0, pending: 0 })
  })

  it('goes on past orders that fail, and lists them with the reason', async () => {
    const { app } = context
    const { shop, ids } = await openShopWithOrders(2)
    const unknown = await app.receive(shop, 'unknown', {
      products: [{ barcode: '6900000000009', name: '新品', num: 1, amount: 1 }],
    })
    const unpaid = await app.receive(shop, 'unpaid', { status: 101 })
    const lonely = await app.receive(shop, 'lonely', { dev_id: 5 })
    const { body } = await start(shop, { ids: [unknown, unpaid, lonely, ...ids] })
    const result = await finished(shop, body.id)
    expect(result).toMatchObject({ total: 5, imported: 2, failed: 3 })
    expect(result.failures).toEqual([
      {
        order_id: unknown,
        trans_id: 'unknown',
        errmsg: expect.stringMatching(/6900000000009/),
        code: 'product_unknown',
        params: { barcode: '6900000000009' },
        product: '新品',
      },
      {
        order_id: unpaid,
        trans_id: 'unpaid',
        errmsg: expect.stringMatching(/支付成功/),
        code: 'order_unpaid',
        params: null,
        product: null,
      },
      {
        order_id: lonely,
        trans_id: 'lonely',
        errmsg: expect.stringMatching(/货柜 5/),
        code: 'device_unconfigured',
        params: { dev_id: 5 },
        product: null,
      },
    ])
  })

  it('counts an order that is imported already as imported, and makes no second document', async () => {
    const { app } = context
    const { shop, ids } = await openShopWithOrders(1)
    await app.ask(`POST /api/orders/${ids[0]}?action=import`, shop)
    const { body } = await start(shop, { ids })
    expect(await batch(shop, body.id)).toMatchObject({ total: 1, imported: 1, pending: 0 })
    expect(await documentsOf(shop)).toHaveLength(1)
  })

  it('has at most four orders of an account set under way at C8 at a time', async () => {
    const { shop, ids } = await openShopWithOrders(10)
    await control().latency({ 'c8.retail_create': 60 })
    const { body } = await start(shop, { ids })
    await finished(shop, body.id)
    await control().latency({})
    const calls = (await control().calls('c8.retail_create')).map(({ time, finished: end }) => [time, end!] as const)
    const most = Math.max(...calls.map(([time]) => calls.filter(([begin, end]) => begin <= time && time < end).length))
    expect(most).toBeLessThanOrEqual(4)
    expect(most).toBeGreaterThan(1)
    expect(await documentsOf(shop)).toHaveLength(10)
  })

  it("waits for a log-in when C8's session has ended, and then goes on", async () => {
    const { app } = context
    const { shop, ids } = await openShopWithOrders(2)
    // Somebody who may look and delete, but not import: the queue must not speak through this session.
    const viewer = await app.logIn(shop.name, 9)
    await control().removeToken(shop.c8Token)
    const { body } = await start(shop, { ids })
    await expect
      .poll(
        () =>
          app.rows<{ reason: string }>(
            'SELECT import_paused_reason AS reason FROM set_of_books WHERE id = ?',
            shop.id,
          )[0]!.reason,
        { timeout: 10_000 },
      )
      .toMatch(/重新登录/)
    expect(await batch(viewer, body.id)).toMatchObject({ pending: 2, failed: 0 })
    await app.logIn(shop.name, 15)
    expect(await finished(viewer, body.id)).toMatchObject({ imported: 2 })
  })

  it('lets go of an order that is deleted while it waits', async () => {
    const { app } = context
    const { shop, ids } = await openShopWithOrders(2)
    // Somebody who may look and delete, but not import: the queue must not speak through this session.
    const viewer = await app.logIn(shop.name, 9)
    await control().removeToken(shop.c8Token)
    const { body } = await start(shop, { ids })
    await expect
      .poll(
        () =>
          app.rows<{ reason: string }>(
            'SELECT import_paused_reason AS reason FROM set_of_books WHERE id = ?',
            shop.id,
          )[0]!.reason,
        { timeout: 10_000 },
      )
      .toMatch(/重新登录/)
    // The other one's attempt may still be at its end.
    await expect.poll(async () => (await app.ask(`DELETE /api/orders/${ids[0]}`, viewer)).status).toBe(200)
    await app.logIn(shop.name, 15)
    expect(await finished(viewer, body.id)).toMatchObject({ total: 2, imported: 1, failed: 0, cancelled: 1 })
  })
})
