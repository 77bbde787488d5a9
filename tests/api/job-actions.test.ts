import { describe, expect, it } from 'vitest'
import type { Fields } from './server.ts'
import { useJobs } from './shop-jobs.ts'

const { context, control, start, plan, look, finished, openShopWithOrders, importWithoutDocuments, statesOf } =
  useJobs()

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
