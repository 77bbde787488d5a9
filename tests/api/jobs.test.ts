import { describe, expect, it } from 'vitest'
import type { Job } from '#shared/jobs'
import { itHolds, itIsGuarded, type Scenario } from './scenarios.ts'
import { failed } from './server.ts'
import { useJobs } from './shop-jobs.ts'

const { context, world, control, start, plan, finished, openShopWithOrders, importWithoutDocuments } = useJobs()

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
