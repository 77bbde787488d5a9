import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Job, JobDetail, JobPlan } from '#shared/jobs'
import { itHolds, itIsGuarded, type Scenario, type World } from './scenarios.ts'
import { failed, useApp, type Fields, type Shop } from './server.ts'

const context = useApp()
let world: World

interface Caller {
  token: string
}

const control = () => context.app.sandbox.control
const start = (caller: Caller, body: Fields) =>
  context.app.ask<{ id: number; total: number }>('POST /api/jobs', { token: caller.token, body })
const plan = async (caller: Caller, body: Fields) =>
  (await context.app.ask<JobPlan>('POST /api/jobs/plan', { token: caller.token, body })).body
const look = async (caller: Caller, id: number) =>
  (await context.app.ask<JobDetail>(`GET /api/jobs/${id}`, { token: caller.token })).body

async function finished(caller: Caller, id: number): Promise<JobDetail> {
  const isOver = async () => (await look(caller, id)).pending === 0
  await vi.waitUntil(isOver, { timeout: 20_000, interval: 50 })
  return look(caller, id)
}

async function openShopWithOrders(count: number): Promise<{ shop: Shop; ids: number[] }> {
  const { app } = context
  const shop = await app.openShop()
  await app.addDevice(shop)
  const ids: number[] = []
  for (let index = 0; index < count; index++) ids.push(await app.receive(shop, `J${index}`))
  await control().clearCalls()
  return { shop, ids }
}

/** As after an import whose documents have since been deleted in C8. */
function importWithoutDocuments(shop: Shop) {
  context.app.change(
    `UPDATE orders SET import_state = 'imported', imported_at = 1, retail_id = '777777', retail_code = 'LS-GONE'
      WHERE set_of_book_id = ?`,
    shop.id,
  )
}

const statesOf = (shop: Shop) =>
  context.app
    .rows<{ state: string }>('SELECT import_state AS state FROM orders WHERE set_of_book_id = ? ORDER BY id', shop.id)
    .map(({ state }) => state)

beforeAll(async () => {
  const { app } = context
  const [shop, neighbour] = [await app.openShop(), await app.openShop()]
  const theirs = await app.receive(neighbour, 'T2')
  const order = await app.receive(shop, 'T1')
  const { body } = await start(neighbour, { kind: 'reset', ids: [theirs] })
  await finished(neighbour, body.id)
  world = { app, shop, ids: { order, theirs, theirJob: body.id, nowhere: 999_999 } }
})

const KINDS = [
  ['import', 'create'],
  ['retry', 'create'],
  ['reset', 'edit'],
  ['delete', 'delete'],
] as const

describe.each(['POST /api/jobs', 'POST /api/jobs/plan'])('%s', (request) => {
  describe.each(KINDS)('to %s', (kind, permission) => {
    itIsGuarded(request, permission, () => world, { kind, ids: [1] })
    itHolds(
      ['theirs', 'nowhere'].map((name): Scenario => ({
        says: `does nothing when one of the ids is ${name}`,
        request,
        get body() {
          return { kind, ids: [world.ids.order, world.ids[name]] }
        },
        status: 404,
        answer: failed(/./, 'batch_orders_missing'),
      })),
      () => world,
    )
  })

  itHolds(
    [
      ['no kind', { ids: [1] }, /^kind：/],
      ['another kind', { kind: 'archive', ids: [1] }, /^kind：/],
      ['neither ids nor filter', { kind: 'delete' }, /ids 和 filter/],
      ['both', { kind: 'delete', ids: [1], filter: {} }, /ids 和 filter/],
      ['an empty list', { kind: 'delete', ids: [] }, /^ids：/],
      ['an id that is text', { kind: 'reset', ids: ['x'] }, /^ids\.0：/],
      ['a filter with a bad status', { kind: 'reset', filter: { status: 99 } }, /^filter\.status：/],
      [
        'a filter that ends before it starts',
        { kind: 'delete', filter: { start_date: '2026-11-21', end_date: '2026-11-20' } },
        /start_date：/,
      ],
      ['more than 10,000 ids', { kind: 'delete', ids: Array.from({ length: 10_001 }, (_, at) => at + 1) }, /^ids：/],
    ].map(([says, body, errmsg]): Scenario => ({
      says: `refuses ${says as string}`,
      request,
      body,
      status: 400,
      answer: failed(errmsg as RegExp),
    })),
    () => world,
  )
})

describe('a job that deletes', () => {
  it('deletes what may be, and lists the rest with the reason', async () => {
    const { app } = context
    const { shop, ids } = await openShopWithOrders(3)
    await app.ask(`POST /api/orders/${ids[0]}?action=import`, shop)
    const asked = await app.logIn(shop.name, 8, '李雪梅')
    const { body } = await start(asked, { kind: 'delete', ids: [...ids, String(ids[1])] })
    expect(body).toEqual({ state: 1, id: expect.any(Number), total: 3 })
    const reason = { errmsg: expect.stringMatching(/已导入/), code: 'delete_imported', params: null }
    expect(await finished(shop, body.id)).toEqual({
      state: 1,
      id: body.id,
      kind: 'delete',
      automatic: false,
      created_at: expect.any(String),
      created_user: '李雪梅',
      total: 3,
      done: 2,
      failed: 1,
      cancelled: 0,
      pending: 0,
      waiting_reason: null,
      waiting_code: null,
      waiting_params: null,
      retry_at: null,
      failures: [{ order_id: ids[0], trans_id: 'J0', product: null, ...reason }],
      reasons: [{ ...reason, count: 1 }],
    })
    expect(statesOf(shop)).toEqual(['imported'])
    expect(await app.ask(`GET /api/imports/${body.id}`, { token: shop.token })).toMatchObject({ status: 404 })
    const { body: audit } = await app.ask<{ root: Fields[] }>('GET /api/audit?event=order_deleted', shop)
    expect(audit.root).toMatchObject([
      { user: '李雪梅', address: '127.0.0.1' },
      { user: '李雪梅', address: '127.0.0.1' },
    ])
  })

  it('takes what its filter finds, as trade_view does, and nothing that arrives later', async () => {
    const { app } = context
    const { shop } = await openShopWithOrders(2)
    await app.receive(shop, 'other day', { create_time: '2026-11-22 10:00:00' })
    const { body } = await start(shop, {
      kind: 'delete',
      filter: { start_date: '2026-11-20', end_date: '2026-11-20', is_imported: '0', dev_id: '' },
    })
    await app.receive(shop, 'later')
    expect(await finished(shop, body.id)).toMatchObject({ total: 2, done: 2 })
    const left = app.rows<{ id: string }>('SELECT trans_id AS id FROM orders WHERE set_of_book_id = ?', shop.id)
    expect(left.map(({ id }) => id).sort()).toEqual(['later', 'other day'])
  })
})

describe('a job that resets', () => {
  it('asks C8 about each order, at most four at a time, and resets those whose document is gone', async () => {
    const { app } = context
    const { shop, ids } = await openShopWithOrders(9)
    importWithoutDocuments(shop)
    app.change("UPDATE orders SET import_state = 'idle', retail_id = NULL WHERE id IN (?, ?)", ids[0], ids[8])
    await app.ask(`POST /api/orders/${ids[0]}?action=import`, shop)
    await control().clearCalls()
    await control().latency({ 'c8.retail_get': 80 })
    const { body } = await start(shop, { kind: 'reset', filter: {} })
    const job = await finished(shop, body.id)
    await control().latency({})
    expect(job).toMatchObject({ total: 9, done: 8, failed: 1 })
    expect(job.failures).toMatchObject([
      { order_id: ids[0], code: 'retail_exists', errmsg: expect.stringMatching(/依然存在/) },
    ])
    expect(statesOf(shop)).toEqual(['imported', ...Array.from({ length: 8 }, () => 'idle')])
    const calls = (await control().calls('c8.retail_get')).map(({ time, finished: end }) => [time, end!] as const)
    expect(calls).toHaveLength(8)
    const most = Math.max(...calls.map(([time]) => calls.filter(([begin, end]) => begin <= time && time < end).length))
    expect(most).toBeLessThanOrEqual(4)
    expect(most).toBeGreaterThan(1)
  })

  it('goes on after a kill where it was, and does nothing twice', async () => {
    const { app } = context
    const { shop } = await openShopWithOrders(12)
    importWithoutDocuments(shop)
    await control().latency({ 'c8.retail_get': 200 })
    const { body } = await start(shop, { kind: 'reset', filter: {} })
    await expect.poll(async () => (await look(shop, body.id)).done).toBeGreaterThan(0)
    await app.kill9()
    await control().latency({})
    await app.start()
    expect(await finished(shop, body.id)).toMatchObject({ total: 12, done: 12, failed: 0 })
    const resets = app.rows(
      "SELECT 1 FROM order_events e JOIN orders o ON o.id = e.order_id WHERE o.set_of_book_id = ? AND e.event = 'reset'",
      shop.id,
    )
    expect(resets).toHaveLength(12)
  })

  it('waits for somebody who may reset when C8 ends the session, says so, and goes on', async () => {
    const { app } = context
    const { shop } = await openShopWithOrders(2)
    importWithoutDocuments(shop)
    const viewer = await app.logIn(shop.name, 13)
    await control().removeToken(shop.c8Token)
    const { body } = await start(shop, { kind: 'reset', filter: {} })
    await expect.poll(async () => (await look(viewer, body.id)).waiting_code).toBe('job_awaits_log_in')
    expect(await look(viewer, body.id)).toMatchObject({ pending: 2, waiting_reason: expect.stringMatching(/重新登录/) })
    await app.logIn(shop.name, 2)
    expect(await finished(viewer, body.id)).toMatchObject({ done: 2, failed: 0, waiting_reason: null })
  })

  it('is cancelled: what has begun is finished, the rest stays as it was', async () => {
    const { app } = context
    const { shop } = await openShopWithOrders(10)
    importWithoutDocuments(shop)
    await control().latency({ 'c8.retail_get': 400 })
    const { body } = await start(shop, { kind: 'reset', filter: {} })
    await expect.poll(() => control().calls('c8.retail_get'), { interval: 10 }).toHaveLength(4)
    const creator = await app.logIn(shop.name, 5)
    expect(await app.ask(`POST /api/jobs/${body.id}/cancel`, creator)).toMatchObject({ status: 403 })
    const { count } = (await app.ask<{ count: number }>(`POST /api/jobs/${body.id}/cancel`, shop)).body
    await control().latency({})
    expect(count).toBe(6)
    expect(await finished(shop, body.id)).toMatchObject({ total: 10, done: 4, cancelled: 6, failed: 0 })
    expect(statesOf(shop).filter((state) => state === 'imported')).toHaveLength(6)
  })
})

describe('a job that imports', () => {
  it('is an import like any other', async () => {
    const { app } = context
    const { shop, ids } = await openShopWithOrders(2)
    const { body } = await start(shop, { kind: 'import', ids })
    expect(await finished(shop, body.id)).toMatchObject({ kind: 'import', total: 2, done: 2 })
    expect((await app.ask(`GET /api/imports/${body.id}`, shop)).body).toMatchObject({ total: 2, imported: 2 })
  })

  it('to retry takes only what has failed', async () => {
    const { app } = context
    const { shop } = await openShopWithOrders(1)
    const lonely = await app.receive(shop, 'lonely', { dev_id: 5 })
    await app.ask(`POST /api/orders/${lonely}?action=import`, shop)
    expect(await plan(shop, { kind: 'retry', filter: {} })).toMatchObject({ total: 2, count: 1 })
    const { body } = await start(shop, { kind: 'retry', filter: {} })
    expect(await finished(shop, body.id)).toMatchObject({
      total: 1,
      failures: [{ order_id: lonely, code: 'device_unconfigured' }],
    })
    expect(statesOf(shop)).toEqual(['idle', 'failed'])
  })
})

describe('a plan', () => {
  it('tells how many would go with how much, and why the others would not; nothing happens', async () => {
    const { app } = context
    const { shop, ids } = await openShopWithOrders(3)
    await app.receive(shop, 'unpaid', { status: 101 })
    await app.ask(`POST /api/orders/${ids[0]}?action=import`, shop)
    const before = app.snapshot()
    expect(await plan(shop, { kind: 'import', filter: {} })).toEqual({
      state: 1,
      kind: 'import',
      total: 4,
      count: 2,
      amount: 21,
      skipped: expect.arrayContaining([
        { reason: 'imported', count: 1 },
        { reason: 'unpaid', count: 1 },
      ]),
    })
    expect(await plan(shop, { kind: 'reset', ids })).toMatchObject({
      count: 1,
      skipped: [{ reason: 'notImported', count: 2 }],
    })
    expect(await plan(shop, { kind: 'delete', ids })).toMatchObject({
      count: 2,
      skipped: [{ reason: 'imported', count: 1 }],
    })
    expect(app.snapshot()).toEqual(before)
    const { body } = await start(shop, { kind: 'delete', ids, skip_refused: 1 })
    expect(body.total).toBe(2)
    expect(await finished(shop, body.id)).toMatchObject({ done: 2, failed: 0 })
  })
})

describe('the jobs of an account set', () => {
  itIsGuarded('GET /api/jobs', 'view', () => world)
  itIsGuarded('GET /api/jobs/{theirJob}', 'view', () => world)
  itIsGuarded('GET /api/jobs/{theirJob}/events', 'view', () => world)
  itHolds(
    [
      ...['{theirJob}', '{nowhere}', '0', 'abc'].map((id): Scenario => ({
        says: `does not find ${id}`,
        request: `GET /api/jobs/${id}`,
        status: 404,
      })),
      { says: "does not cancel another's", request: 'POST /api/jobs/{theirJob}/cancel', status: 404 },
      { says: "does not follow another's", request: 'GET /api/jobs/{theirJob}/events', status: 404 },
      { says: 'cancels for nobody who may only view', who: 1, request: 'POST /api/jobs/{nowhere}/cancel', status: 403 },
      { says: 'refuses limit 0', request: 'GET /api/jobs?limit=0', status: 400 },
      { says: 'refuses open=x', request: 'GET /api/jobs?open=x', status: 400, answer: failed(/^open：/) },
    ],
    () => world,
  )

  it('are listed newest first, those that run apart where asked for', async () => {
    const { app } = context
    const { shop, ids } = await openShopWithOrders(2)
    app.change("UPDATE set_of_books SET import_paused_reason = 'x' WHERE id = ?", shop.id)
    const waiting = (await start(shop, { kind: 'import', ids: [ids[0]] })).body.id
    const ended = (await start(shop, { kind: 'delete', ids: [ids[1]] })).body.id
    await finished(shop, ended)
    const list = async (query: string) =>
      (await app.ask<{ total: number; root: Job[] }>(`GET /api/jobs?${query}`, shop)).body
    expect(await list('')).toMatchObject({ total: 2, root: [{ id: ended, kind: 'delete' }, { id: waiting }] })
    expect(await list('open=1')).toMatchObject({ total: 1, root: [{ id: waiting, kind: 'import', pending: 1 }] })
    expect(await list('open=0&limit=1')).toMatchObject({ total: 1, root: [{ id: ended }] })
  })

  it('are followed by events until they have ended', async () => {
    const { shop } = await openShopWithOrders(3)
    importWithoutDocuments(shop)
    await control().latency({ 'c8.retail_get': 50 })
    const { body } = await start(shop, { kind: 'reset', filter: {} })
    const response = await fetch(`${context.app.url}/api/jobs/${body.id}/events`, { headers: { token: shop.token } })
    const events = (await response.text())
      .split('\n')
      .filter((line) => line.startsWith('data: '))
      .map((line) => JSON.parse(line.slice(6)) as Job)
    await control().latency({})
    expect(events.at(-1)).toMatchObject({ id: body.id, kind: 'reset', total: 3, done: 3, pending: 0 })
  })

  it('are at most fifty that have not ended', async () => {
    const { app } = context
    const { shop, ids } = await openShopWithOrders(1)
    app.change("UPDATE set_of_books SET import_paused_reason = 'x' WHERE id = ?", shop.id)
    let last = 0
    for (let count = 0; count < 50; count++) last = (await start(shop, { kind: 'import', ids })).body.id
    const before = app.snapshot()
    expect(await start(shop, { kind: 'import', ids })).toMatchObject({
      status: 429,
      body: failed(/50/, 'too_many_jobs'),
    })
    expect(await app.ask('POST /api/imports', { token: shop.token, body: { ids } })).toMatchObject({ status: 429 })
    expect(app.snapshot()).toEqual(before)
    await app.ask(`POST /api/jobs/${last}/cancel`, shop)
    expect(await start(shop, { kind: 'import', ids })).toMatchObject({ status: 200 })
  })
})
