import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { orderMessage, useApp, type Fields, type Shop } from '../api/server.ts'
import { eventually, expectOneDocumentEach, orderRows, queue, rounds, untilIdle } from './setup.ts'

// A create that the kill cuts off before C8 has heard of it is made anew only after the time to settle.
const context = useApp({ NUXT_C8_SETTLE: '3000' })

interface Batch {
  total: number
  imported: number
  failed: number
  cancelled: number
  pending: number
  failures: { order_id: number; trans_id: string; errmsg: string }[]
}

const batchOf = async (shop: Shop, id: number) =>
  (await context.app.ask<Batch>(`GET /api/imports/${id}`, { token: shop.token })).body

async function open() {
  const shop = await context.app.openShop()
  await context.app.addDevice(shop)
  return shop
}

async function fill(shop: Shop, orders: number, changes: Fields = {}) {
  const transIds = Array.from({ length: orders }, (_, index) => `${shop.name}-${String(changes.e_id ?? '')}${index}`)
  const ids: number[] = []
  for (const transId of transIds) ids.push(await context.app.receive(shop, transId, changes))
  return { transIds, ids }
}

/** The largest number of these calls that were under way at the same moment. */
function mostAtOnce(calls: { time: number; finished?: number }[]): number {
  const changes = calls.flatMap(
    ({ time, finished = Infinity }) =>
      [
        [time, 1],
        [finished, -1],
      ] as const,
  )
  // At the same millisecond an end counts before a beginning: they may have been one after the other.
  changes.sort(([a, first], [b, second]) => a - b || first - second)
  let now = 0
  return Math.max(...changes.map(([, change]) => (now += change)))
}

test('no more than four creates of an account set are under way, and two account sets take turns', async () => {
  const { app } = context
  const [large, small] = [await open(), await open()]
  const many = await fill(large, rounds(24, 200))
  const few = await fill(small, 4)
  await app.sandbox.control.latency({ 'c8.retail_create': 150 })
  const first = await queue(app, large, many.ids)
  await eventually(async () => (await batchOf(large, first)).imported > 0)
  const second = await queue(app, small, few.ids)
  await eventually(async () => (await batchOf(small, second)).pending === 0)
  expect((await batchOf(large, first)).pending, 'the small batch did not wait for the large one').toBeGreaterThan(0)
  await eventually(async () => (await batchOf(large, first)).pending === 0)
  await app.sandbox.control.latency({})
  const creates = await app.sandbox.control.calls('c8.retail_create')
  const most = mostAtOnce(creates.filter(({ token }) => token === large.c8Token))
  expect(most).toBeLessThanOrEqual(4)
  expect(most).toBeGreaterThan(1)
  await expectOneDocumentEach(app, large, many.transIds)
  await expectOneDocumentEach(app, small, few.transIds)
})

test('a batch survives a restart and a kill', async () => {
  const { app } = context
  const shop = await open()
  const { transIds, ids } = await fill(shop, 16)
  await app.sandbox.control.latency({ c8: 20 })
  const id = await queue(app, shop, ids)
  await eventually(async () => (await batchOf(shop, id)).imported > 0)
  await app.restart()
  expect((await batchOf(shop, id)).pending).toBeGreaterThan(0)
  await app.kill9()
  await app.start()
  await app.sandbox.control.latency({})
  await untilIdle(app, shop)
  expect(await batchOf(shop, id)).toMatchObject({ total: 16, imported: 16, failed: 0, cancelled: 0, pending: 0 })
  await expectOneDocumentEach(app, shop, transIds)
})

test('what has not started can be cancelled; what has is finished', async () => {
  const { app } = context
  const shop = await open()
  const { ids } = await fill(shop, 10)
  await app.sandbox.control.latency({ 'c8.retail_create': 700 })
  const id = await queue(app, shop, ids)
  await eventually(async () => (await app.sandbox.control.calls('c8.retail_create')).length >= 4)
  const { body } = await app.ask(`POST /api/imports/${id}/cancel`, { token: shop.token })
  await app.sandbox.control.latency({})
  await untilIdle(app, shop)
  const batch = await batchOf(shop, id)
  expect(batch).toMatchObject({ total: 10, cancelled: body.count, failed: 0, pending: 0 })
  expect(batch.imported).toBeGreaterThanOrEqual(4)
  expect(batch.imported + batch.cancelled).toBe(10)
  await sleep(1200)
  const rows = orderRows(app, shop)
  await expectOneDocumentEach(
    app,
    shop,
    rows.filter((row) => row.import_state === 'imported').map((row) => row.trans_id),
  )
  expect(rows.filter((row) => row.import_state === 'idle').length).toBe(batch.cancelled)
  const documents = (await app.sandbox.control.documents()).filter(({ source_id }) =>
    source_id.startsWith(`${shop.name}-`),
  )
  expect(documents.length).toBe(batch.imported)
})

test('bad orders do not stop the others, and once an unknown barcode is known one retry releases all that wait for it', async () => {
  const { app } = context
  const shop = await open()
  const barcode = '6900000000007'
  const unknown = await fill(shop, 3, {
    e_id: 'unknown-',
    products: [{ barcode, name: '新品', num: 2, amount: 9, cost: 3 }],
  })
  const homeless = await fill(shop, 1, { e_id: 'homeless-', dev_id: 999 })
  const fine = await fill(shop, 3)
  const id = await queue(app, shop, [...unknown.ids, ...homeless.ids, ...fine.ids])
  await untilIdle(app, shop)
  const before = await batchOf(shop, id)
  expect(before).toMatchObject({ total: 7, imported: 3, failed: 4, pending: 0 })
  await expectOneDocumentEach(app, shop, fine.transIds)
  const reasons = Map.groupBy(before.failures, ({ errmsg }) => errmsg)
  const [reason] = [...reasons.keys()].filter((text) => text.includes(barcode))
  expect(
    reasons
      .get(reason!)!
      .map(({ trans_id }) => trans_id)
      .sort(),
  ).toEqual(unknown.transIds)

  await app.sandbox.control.addProducts({ id: 9001, barcode, name: '新品' })
  const { body } = await app.ask(`POST /api/imports/${id}/retry`, { token: shop.token, body: { reason } })
  expect(body.count).toBe(3)
  await untilIdle(app, shop)
  expect(await batchOf(shop, id)).toMatchObject({ total: 7, imported: 6, failed: 1, pending: 0 })
  await expectOneDocumentEach(app, shop, unknown.transIds)
})

test('a batch by filter takes what matches', async () => {
  const { app } = context
  const shop = await open()
  await fill(shop, 2)
  const refunded = await app.receive(shop, `${shop.name}-refunded`, { status: 103 })
  const { body } = await app.ask('POST /api/imports', {
    token: shop.token,
    body: { filter: { status: 100, is_imported: 0, dev_id: '' } },
  })
  expect(body.total).toBe(2)
  await untilIdle(app, shop)
  expect(orderRows(app, shop).map((row) => row.import_state)).toEqual(['imported', 'imported', 'idle'])
  expect((await batchOf(shop, await queue(app, shop, [refunded]))).failures).toMatchObject([{ order_id: refunded }])
})

test('progress comes as server-sent events, which end with the batch', async () => {
  const { app } = context
  const shop = await open()
  const { ids } = await fill(shop, 8)
  await app.sandbox.control.latency({ 'c8.retail_create': 400 })
  const id = await queue(app, shop, ids)
  const response = await fetch(`${app.url}/api/imports/${id}/events`, { headers: { token: shop.token } })
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
  const events = (await response.text())
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => JSON.parse(line.slice(5)) as Batch)
  await app.sandbox.control.latency({})
  expect(events.length).toBeGreaterThan(1)
  expect(events[0]!.pending).toBeGreaterThan(0)
  expect(events.map(({ imported }) => imported)).toEqual(
    events.map(({ imported }) => imported).toSorted((a, b) => a - b),
  )
  expect(events.at(-1)).toMatchObject({ id, total: 8, imported: 8, pending: 0 })
  expect((await fetch(`${app.url}/api/imports/${id}/events`)).status).toBe(401)
  const stranger = await open()
  expect((await app.ask(`GET /api/imports/${id}/events`, { token: stranger.token })).status).toBe(404)
})

test('a lapsed C8 session pauses the queue with a reason that is shown, and the next log-in goes on', async () => {
  const { app } = context
  const shop = await open()
  const viewer = await app.logIn(shop.name, 1, '李雪梅')
  const { transIds, ids } = await fill(shop, 3)
  await app.sandbox.control.latency({ c8: 20 })
  await app.sandbox.control.removeToken(shop.c8Token)
  const id = await queue(app, shop, ids)
  const paused = await eventually(async () => {
    const { body } = await app.ask('GET /api/automation', { token: viewer.token })
    return (body.import_paused_reason as string | null) ?? false
  })
  expect(paused).toMatch(/重新登录/)
  const calls = (await app.sandbox.control.calls()).length
  await app.ask('POST /api/create_order', { token: shop.localToken, body: orderMessage(`${shop.name}-later`) })
  await sleep(2500)
  expect((await app.sandbox.control.calls()).length, 'C8 is left alone while nobody can speak to it').toBe(calls)
  const again = await app.logIn(shop.name, 15)
  await app.sandbox.control.latency({})
  await untilIdle(app, shop)
  await expectOneDocumentEach(app, shop, transIds)
  expect((await app.ask('GET /api/automation', { token: again.token })).body.import_paused_reason).toBe(null)
  expect(await batchOf({ ...shop, token: again.token }, id)).toMatchObject({ imported: 3, pending: 0 })
})
