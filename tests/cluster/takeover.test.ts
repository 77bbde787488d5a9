import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { failed } from '../api/server.ts'
import { expectImportedOnce, expectTotalsRecounted, isLong, useNodes } from './nodes.ts'

/** In the long form as on several nodes, where a frozen one may send late. */
const SETTLE = isLong ? 60_000 : 3000
const FROZEN = isLong ? 30_000 : 0
const ROUNDS = isLong ? 10 : 1
/** Milliseconds: patience, a look of the queue, and a backoff or two; more on the busy machine of a gate. */
const TAKEN_OVER = isLong ? 20_000 : 45_000
// C8 may take longer to answer than a node is frozen: what it says must not be acted upon any more.
const context = useNodes({ NUXT_C8_SETTLE: String(SETTLE), NUXT_UPSTREAM_TIMEOUT: '60000' })
const control = () => context.nodes[0]!.sandbox.control

const callsOf = async (step: 'c8.retail_create' | 'c8.retail_lookup', transId: string) =>
  (await control().calls(step)).filter((call) => (JSON.stringify(call.body) + call.path).includes(transId))

async function startImport(node: number, transId: string, step: Parameters<typeof callsOf>[0]) {
  const { nodes, shop } = context
  const id = await nodes[0]!.receive(shop, transId)
  const importing = nodes[node]!.ask(`POST /api/orders/${id}?action=import`, { token: shop.token }).catch(() => 'cut')
  await expect.poll(() => callsOf(step, transId), { interval: 10 }).toHaveLength(1)
  return { importing }
}

/** An order whose create C8 carries out after `ms` without a word, asked for at this node. */
async function importAt(node: number, transId: string, ms: number) {
  await control().fault({ step: 'c8.retail_create', kind: 'create_late', ms, containing: transId, times: 1 })
  return startImport(node, transId, 'c8.retail_create')
}

/** An order about to be created: C8 takes its time to say that it has no document of it yet. */
async function aboutToCreate(node: number, transId: string) {
  await control().fault({ step: 'c8.retail_lookup', kind: 'slow', ms: 2000, containing: transId, times: 1 })
  return startImport(node, transId, 'c8.retail_lookup')
}

it(
  "the imports of a node that was killed between C8's create and its own commit are taken over: one document each",
  async () => {
    const { nodes, shop } = context
    for (let round = 0; round < ROUNDS; round++) {
      const names = ['K1', 'K2', 'K3'].map((name) => `${name}-${round}`)
      const started = await Promise.all(names.map((name) => importAt(1, name, 300)))
      await nodes[1]!.kill9()
      for (const { importing } of started) expect(await importing).toBe('cut')
      const begin = performance.now()
      for (const name of names) await expectImportedOnce(nodes[2]!, shop, name, TAKEN_OVER)
      if (isLong) expect(performance.now() - begin).toBeLessThan(TAKEN_OVER)
      await nodes[1]!.start()
    }
  },
  ROUNDS * 90_000,
)

it('a node that was frozen in the middle of imports has lost them, and makes no second document', async () => {
  const { nodes, shop } = context
  const [, late] = await Promise.all([importAt(2, 'F1', 500), aboutToCreate(2, 'F2')])
  nodes[2]!.signal('SIGSTOP')
  const thawed = sleep(FROZEN)
  const importedElsewhere = async () => {
    await sleep(SETTLE)
    nodes[0]!.change('UPDATE orders SET import_due_at = 1 WHERE import_due_at > 1 AND import_lease IS NULL')
    await expectImportedOnce(nodes[0]!, shop, 'F2', TAKEN_OVER)
  }
  await expectImportedOnce(nodes[0]!, shop, 'F1', TAKEN_OVER)
  await thawed
  // In the short form it is away for longer than an unanswered create is waited for.
  if (!isLong) await importedElsewhere()
  const before = await callsOf('c8.retail_create', 'F2')
  nodes[2]!.signal('SIGCONT')
  // It was about to create the document, and finds out how long it was away.
  expect(await late.importing).toMatchObject({ status: 409, body: failed(/./, 'import_overtaken') })
  expect(await callsOf('c8.retail_create', 'F2')).toEqual(before)
  if (isLong) await importedElsewhere()
  expect(await callsOf('c8.retail_create', 'F2')).toHaveLength(1)
  expect(await control().documents('F1')).toMatchObject([{ status: 6 }])
  expect(await nodes[2]!.ask('GET /api/health')).toMatchObject({ status: 200 })
  await expect.poll(() => nodes[2]!.output).toContain('struck off by the other nodes')
  await expect.poll(() => nodes[0]!.rows('SELECT id FROM nodes')).toHaveLength(3)
  await sleep(1000)
  // Back under another name, it works again.
  const id = await nodes[2]!.receive(shop, 'F3')
  expect(await nodes[2]!.ask(`POST /api/orders/${id}?action=import`, { token: shop.token })).toMatchObject({
    status: 200,
  })
}, 240_000)

it('a node that was stopped in order is missed by nobody', async () => {
  const { nodes } = context
  const before = nodes[0]!.rows('SELECT id FROM nodes').length
  await nodes[1]!.end('SIGTERM')
  expect(nodes[0]!.rows('SELECT id FROM nodes')).toHaveLength(before - 1)
  await nodes[1]!.start()
})

it('the totals equal a recount after all of this', () => expectTotalsRecounted((sql) => context.nodes[0]!.rows(sql)))
