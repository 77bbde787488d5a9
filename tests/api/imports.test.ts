import { beforeAll, describe, expect, it, vi } from 'vitest'
import { itHolds, itIsGuarded, type Scenario, type World } from './scenarios.ts'
import { failed, orderMessage, useApp, type Fields, type Shop } from './server.ts'

const context = useApp()
let world: World

beforeAll(async () => {
  const { app } = context
  const [shop, neighbour] = [await app.openShop(), await app.openShop()]
  const theirs = await app.receive(neighbour, 'T2')
  const { body } = await app.ask('POST /api/imports', { token: neighbour.token, body: { ids: [theirs] } })
  world = {
    app,
    shop,
    ids: { order: await app.receive(shop, 'T1'), theirs, theirBatch: body.id as number, nowhere: 999_999 },
  }
  await finished(neighbour, body.id as number)
})

const control = () => context.app.sandbox.control
const start = (shop: { token: string }, body: unknown) =>
  context.app.ask<{ id: number; total: number }>('POST /api/imports', { token: shop.token, body })
interface Batch extends Fields {
  total: number
  imported: number
  failed: number
  cancelled: number
  pending: number
  failures: { order_id: number; trans_id: string; errmsg: string; code: string; params: Fields | null }[]
}
const batch = async (shop: { token: string }, id: number) =>
  (await context.app.ask<Batch>(`GET /api/imports/${id}`, { token: shop.token })).body

async function finished(shop: { token: string }, id: number): Promise<Batch> {
  for (const deadline = Date.now() + 20_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const progress = await batch(shop, id)
    if (progress.pending === 0) return progress
    if (Date.now() > deadline) expect.fail(`still pending: ${JSON.stringify(progress)}`)
  }
}

async function openShopWithOrders(count: number, prefix = 'B'): Promise<{ shop: Shop; ids: number[] }> {
  const { app } = context
  const shop = await app.openShop()
  await app.addDevice(shop)
  const ids: number[] = []
  for (let index = 0; index < count; index++) ids.push(await app.receive(shop, `${prefix}${index}`))
  await control().clearCalls()
  return { shop, ids }
}

const documentsOf = async ({ name }: Shop) =>
  (await control().documents()).filter(({ set_of_book }) => set_of_book === name)

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

describe('GET /api/imports/[id]', () => {
  itIsGuarded('GET /api/imports/{theirBatch}', 'view', () => world)
  itHolds(
    ['{theirBatch}', '{nowhere}', '0', 'abc', '-1'].map((id): Scenario => ({
      says: `does not find ${id}`,
      request: `GET /api/imports/${id}`,
      status: 404,
    })),
    () => world,
  )
})

describe('GET /api/imports', () => {
  itIsGuarded('GET /api/imports', 'view', () => world)
  itHolds(
    ['start=-1', 'limit=0', 'limit=1001', 'start=x'].map((query): Scenario => ({
      says: `refuses ${query}`,
      request: `GET /api/imports?${query}`,
      status: 400,
      answer: failed(new RegExp(`^${query.split('=')[0]}：`)),
    })),
    () => world,
  )

  it("lists the account set's own, newest first, by pages", async () => {
    const { shop } = await openShopWithOrders(0)
    const ids: number[] = []
    for (let index = 0; index < 3; index++) ids.unshift((await start(shop, { filter: {} })).body.id)
    const list = async (query: string) =>
      (await context.app.ask<{ total: number; root: { id: number }[] }>(`GET /api/imports?${query}`, shop)).body
    expect(await list('')).toMatchObject({ total: 3, root: ids.map((id) => ({ id })) })
    expect(await list('start=1&limit=1')).toMatchObject({ total: 3, root: [{ id: ids[1] }] })
  })
})

describe('POST /api/imports/[id]/retry and /cancel', () => {
  itIsGuarded('POST /api/imports/{theirBatch}/retry', 'create', () => world)
  itIsGuarded('POST /api/imports/{theirBatch}/cancel', 'create', () => world)
  itHolds(
    [
      {
        says: "does not retry another account set's batch",
        request: 'POST /api/imports/{theirBatch}/retry',
        status: 404,
      },
      {
        says: "does not cancel another account set's batch",
        request: 'POST /api/imports/{theirBatch}/cancel',
        status: 404,
      },
    ],
    () => world,
  )

  it('tries the failed ones again, by their reason once what was wrong is mended', async () => {
    const { app } = context
    const { shop, ids } = await openShopWithOrders(1)
    const products = [{ barcode: '6900000000016', name: '新品', num: 1, amount: 1 }]
    const unknown = [await app.receive(shop, 'U1', { products }), await app.receive(shop, 'U2', { products })]
    const lonely = await app.receive(shop, 'lonely', { dev_id: 5 })
    const { body } = await start(shop, { ids: [...ids, ...unknown, lonely] })
    const { failures } = await finished(shop, body.id)
    await control().addProducts({ id: 5002, name: '新品', barcode: '6900000000016' })
    const { code, params } = failures.find(({ order_id }) => order_id === unknown[0])!
    const retry = (changes: Fields) =>
      app.ask(`POST /api/imports/${body.id}/retry`, { token: shop.token, body: changes })
    expect((await retry({ code, params: { barcode: '6900000000023' } })).body).toEqual({ state: 1, count: 0 })
    expect((await retry({ code, params })).body).toEqual({ state: 1, count: 2 })
    expect(await finished(shop, body.id)).toMatchObject({ imported: 3, failed: 1 })
    expect((await retry({})).body).toEqual({ state: 1, count: 1 })
    expect(await finished(shop, body.id)).toMatchObject({ imported: 3, failed: 1 })
    expect(await documentsOf(shop)).toHaveLength(3)
  })

  it('cancels what has not started', async () => {
    const { app } = context
    const { shop, ids } = await openShopWithOrders(8)
    await control().latency({ 'c8.retail_create': 300 })
    const { body } = await start(shop, { ids })
    await expect.poll(() => control().calls('c8.retail_create'), { interval: 10 }).not.toEqual([])
    const { count } = (await app.ask<{ count: number }>(`POST /api/imports/${body.id}/cancel`, shop)).body
    await control().latency({})
    expect(count).toBeGreaterThanOrEqual(4)
    expect(await finished(shop, body.id)).toMatchObject({ total: 8, imported: 8 - count, cancelled: count, failed: 0 })
    expect(await documentsOf(shop)).toHaveLength(8 - count)
  })
})

describe('batches that share orders', () => {
  it('are cancelled one by one: the other goes on with what both wait for', async () => {
    const { app } = context
    const { shop, ids } = await openShopWithOrders(4)
    // The queue rests until the next log-in.
    app.change("UPDATE set_of_books SET import_paused_reason = 'x' WHERE id = ?", shop.id)
    const first = (await start(shop, { ids })).body.id
    const second = (await start(shop, { ids: ids.slice(0, 2) })).body.id
    expect((await app.ask(`POST /api/imports/${first}/cancel`, { token: shop.token })).body).toEqual({
      state: 1,
      count: 4,
    })
    expect(await batch(shop, first)).toMatchObject({ cancelled: 4, pending: 0 })
    expect(await batch(shop, second)).toMatchObject({ cancelled: 0, pending: 2 })
    const owner = await app.logIn(shop.name, 15)
    expect(await finished(owner, second)).toMatchObject({ imported: 2, cancelled: 0 })
    expect((await documentsOf(shop)).map(({ source_id }) => source_id).sort()).toEqual(['B0', 'B1'])
  })

  it('count an order as imported once it is, whoever has imported it', async () => {
    const { app } = context
    const { shop } = await openShopWithOrders(0)
    const lonely = await app.receive(shop, 'lonely', { dev_id: 5 })
    const { id } = (await start(shop, { ids: [lonely] })).body
    expect(await finished(shop, id)).toMatchObject({ failed: 1 })
    await app.addDevice(shop, { dev_id: 5, name: '五号柜' })
    expect((await app.ask(`POST /api/orders/${lonely}?action=import`, shop)).status).toBe(200)
    expect(await batch(shop, id)).toMatchObject({ imported: 1, failed: 0, failures: [] })
  })
})

describe('GET /api/imports/[id]/events', () => {
  itIsGuarded('GET /api/imports/{theirBatch}/events', 'view', () => world)
  itHolds(
    [
      {
        says: "does not find another account set's batch",
        request: 'GET /api/imports/{theirBatch}/events',
        status: 404,
      },
    ],
    () => world,
  )

  it('streams the progress until the batch has ended', async () => {
    const { shop, ids } = await openShopWithOrders(3)
    const { body } = await start(shop, { ids })
    const response = await fetch(`${context.app.url}/api/imports/${body.id}/events`, { headers: { token: shop.token } })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const events = (await response.text())
      .split('\n')
      .filter((line) => line.startsWith('data: '))
      .map((line) => JSON.parse(line.slice(6)) as Batch)
    expect(events.at(-1)).toMatchObject({ id: body.id, total: 3, imported: 3, pending: 0 })
  })

  it.each<[string, (token: string) => Promise<unknown> | unknown]>([
    ['is logged out', (token) => context.app.ask('DELETE /api/access_token', { token })],
    [
      'has expired',
      () =>
        context.app.change(
          'UPDATE sessions SET expires_at = ? WHERE id = (SELECT max(id) FROM sessions)',
          Date.now() - 1,
        ),
    ],
  ])('ends within seconds when the session that opened it %s, though the batch goes on', async (_, end) => {
    const { shop, ids } = await openShopWithOrders(1)
    // Under way for as long as this takes.
    await control().fault({ step: 'c8.products', kind: 'slow', ms: 30_000 })
    const {
      body: { id },
    } = await start(shop, { ids })
    const { token } = await context.app.logIn(shop.name, 1)
    const watcher = new AbortController()
    const response = await fetch(`${context.app.url}/api/imports/${id}/events`, {
      headers: { token },
      signal: watcher.signal,
    })
    const reader = response.body!.getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toContain('"pending":1')
    await end(token)
    const ended = (async () => {
      while (!(await reader.read()).done);
      return true
    })()
    expect(await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 4000, false))])).toBe(true)
    expect((await batch(shop, id)).pending).toBe(1)
    watcher.abort()
  })

  it('ends alone, not the whole process, when the batch cannot be read', async () => {
    const { app } = context
    const { shop, ids } = await openShopWithOrders(1)
    await control().fault({ step: 'c8.products', kind: 'slow', ms: 30_000 })
    const {
      body: { id },
    } = await start(shop, { ids })
    const response = await fetch(`${app.url}/api/imports/${id}/events`, { headers: { token: shop.token } })
    app.change('ALTER TABLE import_batch_items RENAME TO elsewhere')
    await response.text()
    app.change('ALTER TABLE elsewhere RENAME TO import_batch_items')
    expect((await app.ask('GET /api/health')).status).toBe(200)
    expect((await batch(shop, id)).pending).toBe(1)
  })
})

describe('messages that were not understood', () => {
  const list = async (shop: { token: string }, query = '') =>
    (
      await context.app.ask<{
        total: number
        root: {
          id: number
          trans_id: string | null
          reason: string
          reason_code: string
          reason_params: Fields
          truncated: boolean
        }[]
      }>(`GET /api/rejected_messages?${query}`, { token: shop.token })
    ).body
  const send = (shop: Shop, raw: string) => context.app.ask('POST /api/create_order', { token: shop.localToken, raw })

  itIsGuarded('GET /api/rejected_messages', 'view', () => world)
  itIsGuarded('GET /api/rejected_messages/1', 'view', () => world)
  itIsGuarded('POST /api/rejected_messages/1/replay', 'create', () => world)
  itIsGuarded('POST /api/rejected_messages/1/check', 'create', () => world)
  itIsGuarded('DELETE /api/rejected_messages/1', 'delete', () => world)
  itHolds(
    [
      { says: 'refuse limit 0', request: 'GET /api/rejected_messages?limit=0', status: 400 },
      {
        says: 'are not found to delete when there is none',
        request: 'DELETE /api/rejected_messages/{nowhere}',
        status: 404,
      },
      {
        says: 'are not found to replay when there is none',
        request: 'POST /api/rejected_messages/{nowhere}/replay',
        status: 404,
      },
    ],
    () => world,
  )

  it('are kept as they came with the reason, for their account set alone', async () => {
    const { app } = context
    const [shop, neighbour] = [await app.openShop(), await app.openShop()]
    const raw = JSON.stringify({ ...orderMessage('?'), status: 999 }).replace('"?"', '1234567890123456789')
    expect((await send(shop, raw)).status).toBe(400)
    expect((await send(shop, '{not json')).status).toBe(400)
    await app.ask('POST /api/create_order', {
      token: 'wrong',
      raw: '{stranger',
      headers: { 'x-forwarded-for': '10.3.0.1' },
    })
    const { total, root } = await list(shop)
    expect(total).toBe(2)
    expect(
      root.map(({ trans_id, reason, reason_code, reason_params }) => [trans_id, reason, reason_code, reason_params]),
    ).toEqual([
      [null, expect.stringMatching(/JSON/), 'body_not_json', null],
      ['1234567890123456789', expect.stringMatching(/^status：/), 'invalid', { field: 'status', rule: 'status' }],
    ])
    expect(await list(neighbour)).toMatchObject({ total: 0, root: [] })
    const id = root[0]!.id
    expect((await app.ask(`GET /api/rejected_messages/${id}`, neighbour)).status).toBe(404)
    expect((await app.ask(`GET /api/rejected_messages/${id}`, shop)).body).toMatchObject({ id, body: '{not json' })
    expect((await app.ask(`GET /api/rejected_messages/${root[1]!.id}`, shop)).body.body).toBe(raw)
    expect((await app.ask(`DELETE /api/rejected_messages/${id}`, neighbour)).status).toBe(404)
    expect((await app.ask(`POST /api/rejected_messages/${id}/replay`, neighbour)).status).toBe(404)
    expect((await app.ask(`DELETE /api/rejected_messages/${id}`, shop)).body).toEqual({ state: 1 })
    expect((await list(shop)).total).toBe(1)
  })

  it('that are still wrong stay when they are replayed', async () => {
    const { app } = context
    const shop = await app.openShop()
    await send(shop, JSON.stringify({ ...orderMessage('T1'), status: 999 }))
    const id = (await list(shop)).root[0]!.id
    expect(await app.ask(`POST /api/rejected_messages/${id}/replay`, shop)).toMatchObject({
      status: 400,
      body: failed(/^status：/),
    })
    expect((await list(shop)).total).toBe(1)
  })

  it('tell all that is wrong at once, and are stored once their text is mended', async () => {
    const { app } = context
    const shop = await app.openShop()
    const good = orderMessage('T-MENDED')
    const lines = (good.products as Fields[]).map(({ name: _, ...line }) => line)
    await send(shop, JSON.stringify({ ...good, status: 999, products: lines }))
    const id = (await list(shop)).root[0]!.id
    const check = async (body?: string) =>
      (await app.ask<{ problems: Fields[] }>(`POST /api/rejected_messages/${id}/check`, { ...shop, body: { body } }))
        .body.problems
    const wrong = ['status', 'products.0.name', 'products.1.name'].map((field) => ({
      errmsg: expect.stringContaining(`${field}：`),
      code: 'invalid',
      params: expect.objectContaining({ field }),
    }))
    expect(await check()).toEqual(wrong)
    expect(await check('{')).toHaveLength(1)
    const mended = JSON.stringify({ ...good, note: 'typed by hand' })
    expect(await check(mended)).toEqual([])
    const replay = { ...shop, body: { body: mended } }
    expect((await app.ask(`POST /api/rejected_messages/${id}/replay`, replay)).body).toEqual({ state: 1 })
    expect(await app.findOrder(shop, 'T-MENDED')).toMatchObject({ status: good.status, created_user: '陈晓东' })
    expect((await list(shop)).total).toBe(0)
    const { body: audit } = await app.ask<{ root: Fields[] }>('GET /api/audit?event=message_replayed', shop)
    expect(audit.root[0]).toMatchObject({ detail: { name: 'T-MENDED', after: { edited: true } } })
  })
})

describe('what runs by itself', () => {
  // A look-up that hangs in a test above ends later, which is no doing of the requests below.
  beforeAll(async () => {
    const underWay = () =>
      context.app.rows(
        `SELECT orders.id FROM orders JOIN set_of_books ON set_of_books.id = set_of_book_id
         WHERE import_lease IS NOT NULL OR import_due_at < ? AND import_paused_reason IS NULL`,
        Date.now() + 15_000,
      )
    await vi.waitUntil(() => underWay().length === 0, { timeout: 40_000, interval: 250 })
  })
  itIsGuarded('GET /api/automation', 'view', () => world)
  itIsGuarded('PUT /api/automation', 'edit', () => world, { downloads: 0, imports: 0 })
  itHolds(
    [
      {
        says: 'is off at first',
        who: 1,
        request: 'GET /api/automation',
        status: 200,
        answer: { downloads: false, imports: false, has_c8_login: false, enabled_user: null },
      },
      {
        says: 'may be switched on only by who may import',
        who: 2,
        request: 'PUT /api/automation',
        body: { downloads: 1, imports: 0 },
        status: 403,
      },
      ...(
        [
          ['downloads', 2],
          ['downloads', undefined],
          ['imports', 'x'],
          ['download_minutes', 0],
          ['download_minutes', 1441],
          ['import_delay_minutes', -1],
          ['import_since', 'x'],
        ] as const
      ).map(([field, value]): Scenario => ({
        says: `refuses ${String(value)} as ${field}`,
        request: 'PUT /api/automation',
        body: { downloads: 0, imports: 0, [field]: value },
        status: 400,
        answer: failed(new RegExp(`^${field}：`)),
      })),
    ],
    () => world,
  )
})
