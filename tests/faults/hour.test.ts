import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { randomFrom, startOfDay, timeText } from '../../sandbox/shop.ts'
import type { Order } from '../../sandbox/state.ts'
import { expectNoSecret, expectNoSecretOnDisk, secretsOf, type Secrets } from '../api/secrets.ts'
import { useApp, type Shop } from '../api/server.ts'
import { anyFault, anyOrder, type Random } from './chance.ts'
import { DAY, HOUR, MINUTE, useClock } from './clock.ts'
import { eventually, expectIntact, fenOf, orderRows, queue, rounds, seed, tryToSend, untilIdle } from './setup.ts'

/** An hour of the shops takes so many times less of ours. */
const SPEED = rounds(240, 120)
const HOURS = rounds(1, 6)
const ORDERS_AN_HOUR = 60
const FAULTS_AN_HOUR = 60
const KILLS_AN_HOUR = 2
/** What is left when the faults end: at the worst, all of it. */
const LONGEST_WORK = rounds(120_000, 900_000)
const PAID = 100
const REFUNDED = 103

const clock = useClock(startOfDay(Date.now()) + 10 * HOUR)
const context = useApp(clock.settings)

/** What is to happen, and when on the shops' clock. */
interface Happening {
  at: number
  what: () => unknown
}

/** goBox sends a message until it is told that it was taken, or forgets it; then only the download brings it. */
async function deliver(shop: Shop, order: Order, random: Random) {
  if (random() < 0.25) return
  for (let tries = 0; tries < 4; tries++, await sleep(100)) {
    if ((await tryToSend(context.app, shop, { ...order })) && random() < 0.8) return
  }
}

function plan(random: Random, shops: Shop[], begin: number): Happening[] {
  const { app } = context
  const end = begin + HOURS * HOUR
  const anyTime = () => begin + random() * (end - begin)
  const sales = shops.flatMap((shop) =>
    Array.from({ length: ORDERS_AN_HOUR * HOURS }, (_, index): Happening[] => {
      const at = anyTime()
      const order = anyOrder(random, `${shop.name}-${index}`, at)
      const change = (later: Order) => async () => {
        await app.sandbox.control.addOrders(shop.name, later)
        await deliver(shop, later, random)
      }
      const refundAt = at + (1 + random() * 30) * MINUTE
      const isRefunded = random() < 0.15 && refundAt < end
      return [
        { at, what: change(order) },
        ...(isRefunded
          ? [{ at: refundAt, what: change({ ...order, status: REFUNDED, update_time: timeText(refundAt) }) }]
          : []),
      ]
    }).flat(),
  )
  const faults = Array.from({ length: FAULTS_AN_HOUR * HOURS }, () => ({
    at: anyTime(),
    what: () => app.sandbox.control.fault(anyFault(random)),
  }))
  let killing: Promise<void> = Promise.resolve()
  const kills = Array.from({ length: KILLS_AN_HOUR * HOURS }, () => ({
    at: anyTime(),
    what: () => (killing = killing.then(() => app.kill9()).then(() => app.start())),
  }))
  return [...sales, ...faults, ...kills].sort((a, b) => a.at - b.at)
}

/** Starts the app anew with its clock at this speed; deadline and time to settle as the sandbox sees them. */
async function setPace(speed: number, deadline: number, settle: number) {
  const { app } = context
  await app.end('SIGTERM')
  clock.set(clock.now, speed)
  Object.assign(app.settings, {
    NUXT_UPSTREAM_TIMEOUT: String(deadline * speed),
    NUXT_C8_SETTLE: String(settle * speed),
  })
  await app.start()
}

test(`${HOURS} h of two shops with faults at both upstreams and kills: goBox's paid orders, our rows and C8's documents agree one to one, to the fen`, async () => {
  const { app } = context
  const random = randomFrom(seed)
  const shops = [await app.openShopWithCredentials(), await app.openShopWithCredentials()]
  const automatic = { downloads: true, download_minutes: 1, imports: true, import_delay_minutes: 3 }
  const later = { replacingTokens: [] as string[], laterSessions: [] as string[] }
  for (const shop of shops) {
    await app.addDevice(shop)
    await app.ask('PUT /api/automation', { token: shop.token, body: automatic })
    const { body } = await app.ask(`POST /api/set_of_books/${shop.id}/token`, {
      token: shop.token,
      body: { overlap_hours: 168 },
    })
    later.replacingTokens.push(body.token as string)
  }
  await setPace(SPEED, 500, 5000)

  const running: unknown[] = []
  for (const { at, what } of plan(random, shops, clock.now)) {
    await sleep(Math.max(0, at - clock.now) / SPEED)
    running.push(what())
  }
  await Promise.all(running)

  // The faults are over. A day later, at a usual pace: what the last days brought is looked at again, and a clerk
  // retries what was refused.
  await app.sandbox.control.clearFaults()
  clock.shift(DAY)
  await setPace(1, 10_000, 5000)
  const begin = clock.now
  const quiet = (shop: Shop) =>
    app
      .rows<{ at: number; day: string | null }>(
        'SELECT last_attempt_at AS at, last_review_day AS day FROM automations WHERE set_of_book_id = ?',
        shop.id,
      )
      .every(({ at, day }) => at > begin && day === timeText(clock.now).slice(0, 10))
  for (const shop of shops) {
    const { token } = await app.logIn(shop.name, 15)
    later.laterSessions.push(token)
    await eventually(() => quiet(shop))
    // What the last look has brought is queued by the next round of the automation, not by the download itself.
    await eventually(
      () => !orderRows(app, shop).some((row) => row.import_state === 'idle' && row.status === PAID),
      LONGEST_WORK,
    )
    await untilIdle(app, shop, LONGEST_WORK)
    // What C8 refused to create, to finish, or to look for after a create without an answer, refunded since or not.
    const refused = orderRows(app, shop).filter(
      (row) =>
        row.import_state === 'created' ||
        (row.import_state === 'failed' && (row.status === PAID || row.create_unanswered_at !== null)),
    )
    if (refused.length > 0)
      await queue(
        app,
        { ...shop, token },
        refused.map((row) => row.id),
      )
    await untilIdle(app, shop, LONGEST_WORK)
  }
  expectIntact(app)
  const documents = await app.sandbox.control.documents()
  for (const shop of shops) compare(shop, documents)
  await expectSecretsKept(shops, later)
})

/**
 * With the data folder and the log of it all in hand, nobody finds a secret, neither while the app runs nor afterwards.
 */
async function expectSecretsKept(shops: Shop[], later: Secrets) {
  const { app } = context
  const secrets = { ...later, ...(await secretsOf(app, shops)) }
  expectNoSecretOnDisk(app, secrets)
  expect(await app.end('SIGTERM')).toBe(0)
  expectNoSecretOnDisk(app, secrets)
  const secretKey = readFileSync(join(app.folder, 'secret.key'), 'utf8').trim()
  expect(app.wholeOutput.split('\n').length).toBeGreaterThan(ORDERS_AN_HOUR)
  expectNoSecret(app.wholeOutput, 'the log', { ...secrets, secretKey })
}

function compare(shop: Shop, documents: Awaited<ReturnType<typeof context.app.sandbox.control.documents>>) {
  const { app } = context
  const atGobox = [...app.sandbox.state.trades.get(shop.name)!.values()].map((entries) => {
    const fen = entries.reduce((sum, entry) => sum + Math.round(entry.amount! * 100), 0)
    return { trans_id: entries[0]!.trans_id, status: entries[0]!.status, fen }
  })
  const byId = (a: { trans_id: string }, b: { trans_id: string }) => (a.trans_id < b.trans_id ? -1 : 1)
  const rows = orderRows(app, shop)
  expect(
    rows.map(({ trans_id, status, total_amount }) => ({ trans_id, status, fen: total_amount })).sort(byId),
  ).toEqual(atGobox.toSorted(byId))

  const made = documents.filter((document) => document.source_id.startsWith(`${shop.name}-`))
  const imported = rows.filter((row) => row.import_state === 'imported')
  const idsMade = new Set(made.map((document) => document.source_id))
  const odd = rows.filter((row) => (row.import_state === 'imported') !== idsMade.has(row.trans_id))
  expect(
    odd.map(({ trans_id, status, import_state, import_error }) => ({ trans_id, status, import_state, import_error })),
  ).toEqual([])
  expect(
    made
      .map((document) => ({
        trans_id: document.source_id,
        id: document.id,
        fen: fenOf(document),
        status: document.status,
      }))
      .sort(byId),
  ).toEqual(
    imported
      .map((row) => ({ trans_id: row.trans_id, id: Number(row.retail_id), fen: row.total_amount, status: 6 }))
      .sort(byId),
  )

  const paid = atGobox.filter(({ status }) => status === PAID)
  const withDocument = new Set(imported.map((row) => row.trans_id))
  expect(paid.filter(({ trans_id }) => !withDocument.has(trans_id))).toEqual([])
  // A refund that came after the import leaves the document to the clerk; no other order has one.
  const refundedAfter = new Set(
    app
      .rows<{ trans_id: string }>(
        `SELECT trans_id FROM orders JOIN order_events ON order_id = orders.id
    WHERE set_of_book_id = ? AND status = ${REFUNDED} AND event IN ('sending', 'created')`,
        shop.id,
      )
      .map((row) => row.trans_id),
  )
  expect(imported.filter((row) => row.status !== PAID && !refundedAfter.has(row.trans_id))).toEqual([])
  expect(paid.length).toBeGreaterThan(ORDERS_AN_HOUR / 2)
}
