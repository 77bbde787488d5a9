import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { timeText } from '../../sandbox/shop.ts'
import { orderMessage, useApp, type Shop } from '../api/server.ts'
import { DAY, HOUR, MINUTE, useClock } from './clock.ts'
import { createAtLast, eventually, expectOneDocumentEach, lookUps, orderRows, untilIdle } from './setup.ts'

const clock = useClock()
const context = useApp({ ...clock.settings, NUXT_UPSTREAM_TIMEOUT: '1000', NUXT_C8_SETTLE: '15000' })

function automate(shop: Shop, switches: Record<string, unknown>) {
  return context.app.ask('PUT /api/automation', {
    token: shop.token,
    body: { downloads: false, imports: false, import_delay_minutes: 0, import_since: '2026-01-01', ...switches },
  })
}

async function openAutomaticShop() {
  const shop = await context.app.openShopWithCredentials()
  await context.app.addDevice(shop)
  return shop
}

test('an order in backoff neither waits for the clock nor is tried without pause when the clock is set a day back and ahead', async () => {
  const { app } = context
  const shop = await openAutomaticShop()
  const transId = `${shop.name}-1`
  await app.receive(shop, transId)
  await app.sandbox.control.fault({ step: 'c8.products', kind: 'status', status: 500 })
  await automate(shop, { imports: true })
  const attempts = (times: number) => eventually(() => orderRows(app, shop)[0]!.import_attempts === times, 20_000)
  await attempts(1)
  let expected = 1
  for (const days of [-1, 1, 1, -1]) {
    clock.shift(days * DAY)
    await attempts(++expected)
    // The next pause is at least 24 s: a storm would show in this time.
    await sleep(1000)
    expect(orderRows(app, shop)[0]!.import_attempts).toBe(expected)
  }
  await app.sandbox.control.clearFaults()
  await untilIdle(app, shop)
  await expectOneDocumentEach(app, shop, [transId])
})

test('an unanswered create is looked for as long as it takes, though the clock leaps a day ahead', async () => {
  const { app } = context
  const shop = await openAutomaticShop()
  const transId = `${shop.name}-1`
  await app.receive(shop, transId)
  await app.sandbox.control.fault({ step: 'c8.retail_create', kind: 'slow', ms: 600_000, times: 1 })
  await automate(shop, { imports: true })
  await eventually(
    () => orderRows(app, shop)[0]!.import_state === 'queued' && orderRows(app, shop)[0]!.create_unanswered_at !== null,
  )
  const before = await lookUps(app, transId)
  clock.shift(DAY)
  await eventually(async () => (await lookUps(app, transId)) > before)
  await createAtLast(app, transId)
  await untilIdle(app, shop)
  clock.shift(-DAY)
  await expectOneDocumentEach(app, shop, [transId])
})

test('downloads go on when the clock is set a day ahead and back, without a flood', async () => {
  const { app } = context
  const shop = await openAutomaticShop()
  // A day check asks for a whole day.
  const ofCheck = (body: unknown) => /"start_date":"\S+ 00:00:00","end_date":"\S+ 23:59:59"/.test(JSON.stringify(body))
  const trades = async () =>
    (await app.sandbox.control.calls('gobox.trade')).filter(({ body }) => !ofCheck(body)).length
  const sell = (name: string, made: number) =>
    app.sandbox.control.addOrders(shop.name, {
      ...orderMessage(`${shop.name}-${name}`),
      create_time: timeText(made),
      update_time: timeText(made),
    })
  const known = (name: string) =>
    eventually(() => orderRows(app, shop).some((row) => row.trans_id === `${shop.name}-${name}`), 20_000)
  await sell('before', clock.now - HOUR)
  await automate(shop, { downloads: true })
  await known('before')
  const lastAttempt = () =>
    app.rows<{ at: number }>('SELECT last_attempt_at AS at FROM automations WHERE set_of_book_id = ?', shop.id)[0]!.at
  clock.shift(DAY)
  await eventually(() => lastAttempt() > clock.now - HOUR, 20_000)
  await sell('meanwhile', clock.now - DAY - 10 * MINUTE)
  clock.shift(-DAY)
  await known('meanwhile')
  await eventually(() => lastAttempt() <= clock.now, 20_000)
  const calls = await trades()
  expect(calls).toBeLessThan(25)
  await automate(shop, { downloads: true })
  await sleep(1000)
  expect(await trades(), 'the next download is a quarter of an hour away').toBe(calls)
})
