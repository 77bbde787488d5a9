import { describe, expect, it } from 'vitest'
import { itHolds, itIsGuarded, type Scenario } from './scenarios.ts'
import { failed, type Fields } from './server.ts'
import { useBatches, type Batch } from './import-batch.ts'

const { context, world, control, start, batch, finished, openShopWithOrders, documentsOf } = useBatches()

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
