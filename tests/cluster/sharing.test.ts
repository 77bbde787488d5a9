import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { orderMessage, type Fields } from '../api/server.ts'
import { expectTotalsRecounted, isLong, shuffle, useNodes } from './nodes.ts'

/** What an import does one after the other. */
const ONE_AT_A_TIME = ['c8.retail_create', 'c8.confirm', 'c8.workflow']
/** Orders of an account set at C8 at a time, and milliseconds that each call takes there. */
const PLACES = 4
const LATENCY = 20
const context = useNodes()
const first = () => context.nodes[0]!
/** How many calls of these steps C8 has not answered. */
const countOpen = (steps: string[]) =>
  first().sandbox.state.calls.filter(
    ({ step, status, fault }) => steps.includes(step) && (status ?? fault) === undefined,
  ).length

it('the same messages shuffled to all nodes make one order each, and no deadlock', async () => {
  const { nodes, shop } = context
  const messages = Array.from({ length: isLong ? 3000 : 200 }, (_, index) => orderMessage(`S${index}`))
  // The second time they change what is stored, for which each row is locked.
  for (const changes of [{}, { status: 102, update_time: '2026-11-20 10:00:06' }]) {
    const answers = await Promise.all(
      nodes.flatMap((node, seed) =>
        shuffle(messages, seed).map((message) =>
          node.ask('POST /api/create_order', { token: shop.localToken, body: { ...message, ...changes } }),
        ),
      ),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  }
  const [row] = first().rows<{ all: number; ids: number }>(
    "SELECT count(*) AS all, count(DISTINCT trans_id) AS ids FROM orders WHERE trans_id LIKE 'S%' AND status = 102",
  )
  expect(row).toEqual({ all: messages.length, ids: messages.length })
  expect(first().rows('SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()')).toEqual([
    { deadlocks: 0 },
  ])
})

it('a local token that one node has replaced is refused by the others with the next message', async () => {
  const { nodes } = context
  const shop = await first().openShop()
  for (const node of nodes) await node.receive(shop, 'known')
  const { status } = await first().ask(`POST /api/set_of_books/${shop.id}/token`, {
    token: shop.token,
    body: { overlap_hours: 0 },
  })
  expect(status).toBe(200)
  const send = (node: number, transId: string) =>
    nodes[node]!.ask('POST /api/create_order', { token: shop.localToken, body: orderMessage(transId) })
  expect((await send(1, 'a new one')).status).toBe(401)
  expect((await send(2, 'known')).status).toBe(401)
  expect(await first().findOrder(shop, 'a new one')).toBeUndefined()
})

it('wrong tokens are counted for all nodes together', async () => {
  const headers = { 'x-forwarded-for': '203.0.113.77' }
  const ask = (index: number) => context.nodes[index % 3]!.ask('GET /api/devices', { token: `wrong ${index}`, headers })
  for (let index = 0; index < 60; index++) expect((await ask(index)).status).toBe(401)
  for (let index = 60; index < 63; index++) expect((await ask(index)).status).toBe(429)
})

it('a lapsed access token of goBox is renewed once, whoever needs it', async () => {
  const { nodes, shop } = context
  await first().sandbox.control.fault({ step: 'gobox.token', kind: 'slow', ms: 500 })
  first().change('UPDATE set_of_books SET expired_at = 0 WHERE id = ?', shop.id)
  const answers = await Promise.all(
    nodes.map((node) =>
      node.ask('GET /api/orders?action=get_orders&start_date=2026-11-20&end_date=2026-11-20', { token: shop.token }),
    ),
  )
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(await first().sandbox.control.calls('gobox.token')).toHaveLength(1)
})

it('one node downloads and sweeps for all', async () => {
  const { nodes, shop } = context
  const { status } = await first().ask('PUT /api/automation', {
    token: shop.token,
    body: {
      downloads: true,
      download_minutes: 5,
      imports: false,
      import_delay_minutes: 0,
    },
  })
  expect(status).toBe(200)
  // Each node looks every five seconds.
  await expect.poll(() => first().sandbox.control.calls('gobox.trade'), { timeout: 15_000 }).not.toEqual([])
  await sleep(6000)
  const asked = (await first().sandbox.control.calls('gobox.trade')).map(({ body }) => JSON.stringify(body))
  expect(new Set(asked).size).toBe(asked.length)
  expect(nodes.filter((node) => node.output.includes('"msg":"swept"'))).toHaveLength(1)
})

it('one queue never has more than four orders at C8, on whatever nodes', async () => {
  const { shop } = context
  const { control } = first().sandbox
  const count = isLong ? 1000 : 80
  const before = first().rows<{ id: number }>('SELECT max(id) AS id FROM orders')[0]!.id
  for (let index = 0; index < count; index++) await first().receive(shop, `Q${index}`)
  await control.settings({ workflow_executions: 1 })
  await control.latency({ c8: LATENCY })
  await control.clearCalls()
  const begin = performance.now()
  const { body } = await first().ask('POST /api/imports', { token: shop.token, body: { filter: { q: 'Q' } } })
  expect(body.total).toBe(count)
  let most = 0
  const pending = async () => {
    for (let look = 0; look < 40; look++, await sleep(isLong ? 10 : 5)) {
      most = Math.max(most, countOpen(ONE_AT_A_TIME))
    }
    return (await first().ask(`GET /api/imports/${body.id}`, { token: shop.token })).body.pending
  }
  await expect.poll(pending, { timeout: 120_000, interval: 1 }).toBe(0)
  const took = performance.now() - begin
  await control.latency({})
  const calls = (await control.calls()).filter(({ step }) => step.startsWith('c8.')).length
  if (isLong) expect(took / ((calls * LATENCY) / PLACES)).toBeLessThanOrEqual(1.25)
  expect(most).toBeLessThanOrEqual(PLACES)
  expect(most).toBeGreaterThanOrEqual(3)
  const doubled = first().rows(
    'SELECT document_id FROM retail_documents WHERE order_id > ? GROUP BY document_id HAVING count(*) > 1',
    before,
  )
  expect(doubled).toEqual([])
  expect(first().rows('SELECT id FROM orders WHERE import_lease IS NOT NULL')).toEqual([])
})

it('a job is cancelled by whichever node is asked, and each order is as its item says', async () => {
  const shop = await first().openShop()
  await first().addDevice(shop)
  for (let index = 0; index < 8; index++) await first().receive(shop, `J${index}`)
  first().change(
    "UPDATE orders SET import_state = 'imported', imported_at = 1, retail_id = '777777', retail_code = 'L' WHERE set_of_book_id = ?",
    shop.id,
  )
  const { control } = first().sandbox
  await control.latency({ 'c8.retail_get': 500 })
  const body = { kind: 'reset', filter: {} }
  const { id } = (await first().ask<{ id: number }>('POST /api/jobs', { token: shop.token, body })).body
  await expect.poll(() => control.calls('c8.retail_get'), { interval: 10 }).toHaveLength(4)
  const [duty] = first().rows<{ node_id: string }>("SELECT node_id FROM duties WHERE name = 'jobs'")
  const others = context.nodes.filter(({ pid }) => String(pid) !== duty!.node_id.split('.')[1])
  expect(others).toHaveLength(2)
  const { count } = (await others[0]!.ask(`POST /api/jobs/${id}/cancel`, { token: shop.token })).body
  await control.latency({})
  const job = async () => (await others[1]!.ask(`GET /api/jobs/${id}`, { token: shop.token })).body
  await expect.poll(async () => (await job()).pending).toBe(0)
  const { done, cancelled } = await job()
  expect({ cancelled, both: Number(done) + Number(cancelled) }).toEqual({ cancelled: count, both: 8 })
  // C8 is still being asked for those that had begun.
  await sleep(1000)
  const states = "SELECT import_state FROM orders WHERE set_of_book_id = ? AND import_state = 'imported'"
  expect(first().rows(states, shop.id)).toHaveLength(Number(cancelled))
  // What another job waits for is told by every node.
  const viewer = await first().logIn(shop.name, 13)
  await control.removeToken(shop.c8Token)
  const waits = (await first().ask<{ id: number }>('POST /api/jobs', { token: shop.token, body })).body.id
  for (const node of context.nodes) {
    const code = async () => (await node.ask(`GET /api/jobs/${waits}`, viewer)).body.waiting_code
    await expect.poll(code).toBe('job_awaits_log_in')
  }
})

describe('the check of a day', () => {
  /** All orders of this file are of this day. */
  const DATE = '2026-11-20'
  const ask = (node: number, request: string, body?: unknown) =>
    context.nodes[node]!.ask<Fields>(request, { token: context.shop.token, body })
  const progressAt = async (node: number) => (await ask(node, `GET /api/settlements/${DATE}`)).body.progress
  const control = () => first().sandbox.control

  /** Asks one node for the check, and waits until all of them tell that C8 is being asked. */
  async function startAt(node: number) {
    expect(await ask(node, `POST /api/settlements/${DATE}/check`, {})).toMatchObject({ status: 200 })
    for (const each of context.nodes.keys())
      await expect.poll(() => progressAt(each), { timeout: 20_000 }).toMatchObject({ step: 'c8' })
    await expect.poll(() => control().calls('c8.retail_lookup')).not.toEqual([])
  }

  /** The most calls that C8 had to answer at one moment. */
  async function mostAtOnce() {
    const calls = (await control().calls()).filter(({ step }) => [...ONE_AT_A_TIME, 'c8.retail_lookup'].includes(step))
    return Math.max(
      ...calls.map(
        ({ time }) => calls.filter((call) => call.time <= time && time < (call.finished ?? Infinity)).length,
      ),
    )
  }

  it('shares the four places at C8 with the imports of all nodes, which go first', async () => {
    await control().latency({ c8: 50 })
    await control().clearCalls()
    await startAt(1)
    const { body } = await ask(2, 'POST /api/imports', { filter: { q: 'S10' } })
    const pending = async () => (await ask(0, `GET /api/imports/${body.id as number}`)).body.pending
    await expect.poll(pending, { timeout: 60_000 }).toBe(0)
    expect(await progressAt(0)).toMatchObject({ step: 'c8' })
    await control().latency({})
    const status = async () => (await ask(2, `GET /api/settlements/${DATE}`)).body
    await expect.poll(status, { timeout: 60_000 }).toMatchObject({ status: 'checked', check_error: null })
    const most = await mostAtOnce()
    expect(most).toBeLessThanOrEqual(4)
    expect(most).toBeGreaterThanOrEqual(3)
    expect(first().rows('SELECT date FROM settlement_days WHERE lookup_places IS NOT NULL')).toEqual([])
  })

  it('is broken off by whatever node, and asks C8 nothing any more', async () => {
    await control().latency({ c8: 50 })
    for (const node of context.nodes.keys()) {
      await control().clearCalls()
      await startAt(0)
      expect(await ask(node, `DELETE /api/settlements/${DATE}/check`)).toMatchObject({ status: 200 })
      await expect.poll(() => first().rows('SELECT 1 FROM settlement_days WHERE lookup_places > 0')).toEqual([])
      await control().clearCalls()
      await sleep(200)
      expect(await control().calls('c8.retail_lookup')).toEqual([])
    }
    await control().latency({})
  })
})

it('the totals equal a recount after all of this', () => expectTotalsRecounted((sql) => first().rows(sql)))
