import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Fault } from '../../sandbox/fault-model.ts'
import { randomFrom } from '../../sandbox/shop.ts'
import { useApp, type Shop } from '../api/server.ts'
import {
  createAtLast,
  eventually,
  expectIntact,
  expectOneDocumentEach,
  lookUps,
  orderRows,
  passBackoff,
  queue,
  rounds,
  seed,
  untilIdle,
} from './setup.ts'

/** Longer than C8 takes in these tests for a create that nobody waits for any more. */
const SETTLE = 4000
const DEADLINE = 2500

const context = useApp({ NUXT_C8_SETTLE: String(SETTLE), NUXT_UPSTREAM_TIMEOUT: String(DEADLINE) })

async function openImportingShop() {
  const shop = await context.app.openShop()
  await context.app.addDevice(shop)
  return shop
}

/** What C8 may do to a call that it has carried out, or will carry out later. */
const afterTheWork: [does: string, fault: Fault][] = [
  ['creates and drops the connection', { step: 'c8.retail_create', kind: 'create_then_drop' }],
  ['creates and answers 500', { step: 'c8.retail_create', kind: 'create_then_500' }],
  ['creates and answers garbage', { step: 'c8.retail_create', kind: 'create_then_garbage' }],
  ['creates and answers too slowly', { step: 'c8.retail_create', kind: 'drip', ms: 400 }],
  ...[302, 408, 429, 500, 503, 520, 524].map((status): [string, Fault] => [
    `answers ${status} and creates later`,
    { step: 'c8.retail_create', kind: 'create_late', status, ms: 1500 },
  ]),
  ['answers garbage without creating', { step: 'c8.retail_create', kind: 'garbage' }],
  ['confirms and drops the connection', { step: 'c8.confirm', kind: 'create_then_drop' }],
  ['confirms and answers garbage', { step: 'c8.confirm', kind: 'create_then_garbage' }],
  ['confirms too slowly', { step: 'c8.confirm', kind: 'drip', ms: 400 }],
  ['runs the workflow and drops the connection', { step: 'c8.workflow', kind: 'create_then_drop' }],
  ['runs the workflow and answers garbage', { step: 'c8.workflow', kind: 'create_then_garbage' }],
  ['runs the workflow too slowly', { step: 'c8.workflow', kind: 'drip', ms: 400 }],
]

test('whatever C8 does after a step instead of answering: one document, finished', async () => {
  const { app } = context
  const waiting: [Shop, string][] = []
  for (const [does, fault] of afterTheWork) {
    const shop = await openImportingShop()
    const id = await app.receive(shop, `C8 ${does}`)
    await app.sandbox.control.fault({ ...fault, times: 1 })
    await queue(app, shop, [id])
    await eventually(async () => (await app.sandbox.control.faults()).length === 0)
    waiting.push([shop, `C8 ${does}`])
  }
  for (const [shop, transId] of waiting) {
    await untilIdle(app, shop)
    await expectOneDocumentEach(app, shop, [transId])
  }
})

test('C8 creates long after our deadline: it is looked for until it is there, one document, finished', async () => {
  const { app } = context
  const shop = await openImportingShop()
  const transId = `${shop.name}-late`
  const id = await app.receive(shop, transId)
  await app.sandbox.control.fault({ step: 'c8.retail_create', kind: 'slow', ms: 600_000, times: 1 })
  await queue(app, shop, [id])
  await eventually(async () => {
    passBackoff(app)
    return (await lookUps(app, transId)) >= 2
  })
  await createAtLast(app, transId)
  await untilIdle(app, shop)
  await expectOneDocumentEach(app, shop, [transId])
})

test('while C8 cannot be asked for the document, nothing is created', async () => {
  const { app } = context
  const shop = await openImportingShop()
  const transId = `${shop.name}-L`
  const id = await app.receive(shop, transId)
  await app.sandbox.control.fault({ step: 'c8.retail_create', kind: 'create_then_drop', times: 1 })
  await app.sandbox.control.fault({ step: 'c8.retail_lookup', kind: 'status', status: 503, times: 4 })
  await queue(app, shop, [id])
  await eventually(async () => {
    passBackoff(app)
    return (await app.sandbox.control.faults()).length === 0
  })
  await untilIdle(app, shop)
  await expectOneDocumentEach(app, shop, [transId])
})

/** Where C8 is when the app is killed: it has not begun this step (`slow`), or has done it (`drip`). */
const killedAt: Fault[] = [
  { step: 'c8.products', kind: 'slow', ms: 60_000 },
  { step: 'c8.retail_lookup', kind: 'slow', ms: 60_000 },
  { step: 'c8.retail_create', kind: 'drip', ms: 60_000 },
  { step: 'c8.confirm', kind: 'slow', ms: 60_000 },
  { step: 'c8.confirm', kind: 'drip', ms: 60_000 },
  { step: 'c8.workflow', kind: 'slow', ms: 60_000 },
  { step: 'c8.workflow', kind: 'drip', ms: 60_000 },
  // Carried out after all, for a caller that is dead by then.
  { step: 'c8.retail_create', kind: 'slow', ms: 600_000 },
]

test('kill -9 at each step of C8: one document, finished', async () => {
  const { app } = context
  // Nobody's deadline may come before the kill.
  Object.assign(app.settings, { NUXT_UPSTREAM_TIMEOUT: '60000' })
  await app.restart()
  // A restart may take a busy machine a while, and the time to settle counts from its beginning.
  Object.assign(app.settings, { NUXT_UPSTREAM_TIMEOUT: String(DEADLINE), NUXT_C8_SETTLE: '10000' })
  const hanging: [Shop, string][] = []
  for (const fault of killedAt) {
    const shop = await openImportingShop()
    const transId = `${fault.step}-${fault.kind}`
    const id = await app.receive(shop, transId)
    await app.sandbox.control.fault({ ...fault, times: 1 })
    await queue(app, shop, [id])
    await eventually(async () => (await app.sandbox.control.faults()).length === 0)
    hanging.push([shop, transId])
  }
  await app.kill9()
  const late = 'c8.retail_create-slow'
  const before = await lookUps(app, late)
  await app.start()
  expectIntact(app)
  await eventually(async () => (await lookUps(app, late)) > before)
  await createAtLast(app, late)
  for (const [shop, transId] of hanging) {
    await untilIdle(app, shop)
    await expectOneDocumentEach(app, shop, [transId])
  }
  app.settings.NUXT_C8_SETTLE = String(SETTLE)
})

test('kill -9 at any moment of a batch: one document each, finished', async () => {
  const { app } = context
  const random = randomFrom(seed)
  const shop = await openImportingShop()
  const transIds = Array.from({ length: 12 }, (_, index) => `${shop.name}-R${index}`)
  for (let round = 0; round < rounds(1, 10); round++) {
    const fresh = transIds.map((transId) => `${transId}-${round}`)
    const ids: number[] = []
    for (const transId of fresh) ids.push(await app.receive(shop, transId))
    await app.sandbox.control.latency({ c8: 15 })
    await queue(app, shop, ids)
    for (let kill = 0; kill < rounds(2, 4); kill++) {
      await sleep(random() * 400)
      await app.kill9()
      await app.start()
    }
    await app.sandbox.control.latency({})
    await untilIdle(app, shop)
    await expectOneDocumentEach(app, shop, fresh)
  }
  expectIntact(app)
})

test('the same order by 20 callers, two batches and the scheduler at once: one document, and one caller got it', async () => {
  const { app } = context
  const shop = await openImportingShop()
  await app.sandbox.control.latency({ c8: 10 })
  for (let round = 0; round < rounds(3, 40); round++) {
    const transId = `${shop.name}-S${round}`
    const id = await app.receive(shop, transId)
    const scheduler = () =>
      app.ask('PUT /api/automation', {
        token: shop.token,
        body: { downloads: false, imports: true, import_delay_minutes: 0, import_since: '2026-11-01' },
      })
    const answers = await Promise.all([
      scheduler(),
      ...[1, 2].map(() => app.ask('POST /api/imports', { token: shop.token, body: { ids: [id] } })),
      ...Array.from({ length: 20 }, () => app.ask(`POST /api/orders/${id}?action=import`, { token: shop.token })),
      scheduler(),
    ])
    const imports = answers.slice(3, 23)
    expect(answers.slice(0, 3).map(({ status }) => status)).toEqual([200, 200, 200])
    expect(imports.filter(({ status }) => status !== 200 && status !== 409).map(({ body }) => body)).toEqual([])
    expect(imports.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
    await untilIdle(app, shop)
    await expectOneDocumentEach(app, shop, [transId])
  }
  await app.sandbox.control.latency({})
  expect(orderRows(app, shop).every(({ import_state }) => import_state === 'imported')).toBe(true)
})
