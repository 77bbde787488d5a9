import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { randomFrom, startOfDay, timeText } from '../../sandbox/shop.ts'
import { DAY, HOUR, MINUTE } from './clock.ts'
import { eventually, orderRows, rounds, seed } from './setup.ts'
import { order, sales, timeOf, useScheduler } from './scheduled-shop.ts'

const { clock, context, automate, automation, untilDownloaded, sell, statusOf, windows } = useScheduler()

test("a week's outage is caught up without a gap and without a flood", async () => {
  const { app } = context
  const shop = await app.openShopWithCredentials()
  await untilDownloaded(shop)
  const cursor = automation(shop).download_cursor
  await app.end('SIGTERM')
  clock.shift(7 * DAY)
  await app.sandbox.control.settings({ page_size: 10 })
  const orders = sales(shop, cursor, clock.now - 10 * MINUTE, rounds(120, 2000))
  await sell(shop, ...orders)
  await app.sandbox.control.clearCalls()
  await app.start()
  await eventually(() => orderRows(app, shop).length === orders.length, rounds(60_000, 600_000))
  await eventually(() => automation(shop).download_cursor > clock.now - 10 * MINUTE)
  const all = await windows(shop)
  const review = all.findIndex((window, index) => index > 0 && window.from < all[index - 1]!.from)
  const asked = review < 0 ? all : all.slice(0, review)
  // A second is the unit of goBox's times.
  expect(asked[0]!.from).toBeLessThanOrEqual(cursor - 30 * MINUTE)
  expect(asked[0]!.from).toBeGreaterThan(cursor - 31 * MINUTE)
  for (const [index, window] of asked.entries()) {
    expect(window.until - window.from).toBeLessThanOrEqual(DAY)
    expect(window.until).toBeLessThanOrEqual(clock.now - 3 * MINUTE)
    const next = asked[index + 1]
    if (!next) continue
    expect(next.page === 1 ? next.from - window.until : next.from - window.from, 'no gap').toBeLessThanOrEqual(1000)
    expect(next.time - window.time, 'a pause after each question').toBeGreaterThan(100)
  }
  expect(automation(shop).download_cursor).toBeGreaterThan(asked.at(-1)!.until - 1000)
  await app.sandbox.control.settings({ page_size: 50 })
})

test('the cursor moves only with the rows it brought, also when the process is killed', async () => {
  const { app } = context
  const random = randomFrom(seed)
  const shop = await app.openShopWithCredentials()
  await automate(shop, { downloads: false, imports: false })
  const begin = clock.now - 5 * DAY
  app.change('UPDATE automations SET download_cursor = ? WHERE set_of_book_id = ?', begin, shop.id)
  await app.sandbox.control.settings({ page_size: 5 })
  const orders = sales(shop, begin, clock.now - 10 * MINUTE, 100)
  await sell(shop, ...orders)
  await automate(shop)
  for (let kill = 0; kill < rounds(2, 20); kill++) {
    await sleep(300 + random() * 700)
    await app.kill9()
    const { download_cursor: cursor } = automation(shop)
    const stored = new Set(orderRows(app, shop).map((row) => row.trans_id))
    expect(
      orders.filter((sold) => timeOf(sold.create_time) < cursor - 1000 && !stored.has(sold.trans_id)),
      `cursor ${timeText(cursor)}`,
    ).toEqual([])
    await app.start()
  }
  await eventually(() => orderRows(app, shop).length === orders.length)
  await app.sandbox.control.settings({ page_size: 50 })
})

test('a window that fails is asked for again, and why is shown', async () => {
  const { app } = context
  const shop = await app.openShopWithCredentials()
  await untilDownloaded(shop)
  // Older than the overlap when it is asked for again, and the night's review is done.
  await sell(shop, order(`${shop.name}-1`, clock.now + HOUR))
  clock.shift(2 * HOUR)
  await app.sandbox.control.fault({ step: 'gobox.trade', kind: 'status', status: 500 })
  await untilDownloaded(shop)
  const first = automation(shop).download_cursor
  const { body } = await app.ask('GET /api/automation', { token: shop.token })
  expect(body.last_download_error).toMatch(/goBox/)
  await app.sandbox.control.clearFaults()
  clock.shift(16 * MINUTE)
  await untilDownloaded(shop)
  expect(statusOf(shop, `${shop.name}-1`)).toBe(100)
  expect(automation(shop).download_cursor).toBeGreaterThan(first)
  expect((await app.ask('GET /api/automation', { token: shop.token })).body.last_download_error).toBe(null)
})

test('an order that goBox lists late is found by the overlap, and a young one is left until it has settled', async () => {
  const { app } = context
  const shop = await app.openShopWithCredentials()
  await untilDownloaded(shop)
  await sell(
    shop,
    order(`${shop.name}-late`, clock.now - 25 * MINUTE),
    order(`${shop.name}-young`, clock.now + 14 * MINUTE),
  )
  await app.sandbox.control.clearCalls()
  clock.shift(15 * MINUTE + 10_000)
  await untilDownloaded(shop)
  expect((await windows(shop)).every(({ until }) => until <= clock.now - 3 * MINUTE)).toBe(true)
  expect([statusOf(shop, `${shop.name}-late`), statusOf(shop, `${shop.name}-young`)]).toEqual([100, undefined])
  clock.shift(15 * MINUTE + 10_000)
  await untilDownloaded(shop)
  expect(statusOf(shop, `${shop.name}-young`)).toBe(100)
})

test('once a night the last three days are looked at again, and late refunds are found', async () => {
  const { app } = context
  const shop = await app.openShopWithCredentials()
  const made = clock.now - 2 * DAY
  await sell(shop, order(`${shop.name}-1`, made))
  await untilDownloaded(shop)
  await eventually(() => statusOf(shop, `${shop.name}-1`) === 100)
  await sell(shop, order(`${shop.name}-1`, made, { status: 103, update_time: timeText(clock.now) }))
  const morning = clock.now
  clock.set(startOfDay(clock.now) + DAY + 2.5 * HOUR)
  const night = (await app.logIn(shop.name, 15)).token
  await untilDownloaded(shop, night)
  expect(statusOf(shop, `${shop.name}-1`), 'before three').toBe(100)
  clock.shift(HOUR)
  await untilDownloaded(shop, night)
  expect(statusOf(shop, `${shop.name}-1`)).toBe(103)
  await app.sandbox.control.clearCalls()
  clock.shift(HOUR)
  await untilDownloaded(shop, night)
  expect(
    (await windows(shop)).every(({ from }) => from > clock.now - 2 * HOUR),
    'not once more in this night',
  ).toBe(true)
  expect(clock.now).toBeGreaterThan(morning)
})

test('a bad entry neither stops the cursor nor goes untold', async () => {
  const { app } = context
  const shop = await app.openShopWithCredentials()
  await untilDownloaded(shop)
  const odd = { toString: 1 } as unknown as string
  await sell(
    shop,
    order(`${shop.name}-odd`, clock.now + 5 * MINUTE, { update_time: odd }),
    order(`${shop.name}-good`, clock.now + 5 * MINUTE),
  )
  clock.shift(16 * MINUTE)
  const before = automation(shop).download_cursor
  await untilDownloaded(shop)
  expect(statusOf(shop, `${shop.name}-good`)).toBe(100)
  expect(automation(shop).download_cursor).toBeGreaterThan(before)
  const { body } = await app.ask('GET /api/automation', { token: shop.token })
  expect(body).toMatchObject({ last_download_error_code: 'download_refused', last_download_error_params: { count: 1 } })
})

test('pages that never end are left, the rest goes on, and why is told', async () => {
  const { app } = context
  const shop = await app.openShopWithCredentials()
  await untilDownloaded(shop)
  await sell(shop, order(`${shop.name}-1`, clock.now + 5 * MINUTE))
  clock.shift(16 * MINUTE)
  await app.sandbox.control.settings({ endless: true })
  await app.sandbox.control.clearCalls()
  const before = automation(shop).download_cursor
  await untilDownloaded(shop)
  await app.sandbox.control.settings({ endless: false })
  expect((await windows(shop)).length).toBeLessThan(10)
  expect(statusOf(shop, `${shop.name}-1`)).toBe(100)
  expect(automation(shop).download_cursor).toBeGreaterThan(before)
  const { body } = await app.ask('GET /api/automation', { token: shop.token })
  expect(body).toMatchObject({ last_download_error_code: 'gobox_pages_endless' })
})

test('an order that goBox lists four days late is found, and from then on the nights look further back', async () => {
  const { app } = context
  const shop = await app.openShopWithCredentials()
  await untilDownloaded(shop)
  const night = async (days: number) => {
    clock.set(startOfDay(clock.now) + days * DAY + 3.5 * HOUR)
    const { token } = await app.logIn(shop.name, 15)
    await app.sandbox.control.clearCalls()
    await untilDownloaded(shop, token)
    await eventually(() => automation(shop).last_review_day === timeText(clock.now).slice(0, 10))
    const { body } = await app.ask('GET /api/automation', { token })
    return { days: body.look_back_days, from: Math.min(...(await windows(shop)).map(({ from }) => from)) }
  }
  const made = clock.now + HOUR
  await sell(shop, order(`${shop.name}-old`, clock.now - 20 * DAY))
  expect((await night(1)).from).toBe(startOfDay(clock.now) - 3 * DAY)
  await night(4)
  // Listed only now, when its day has been asked for.
  await sell(shop, order(`${shop.name}-late`, made))
  expect((await night(1)).days).toBe(3)
  expect(statusOf(shop, `${shop.name}-late`), 'too late for three days').toBeUndefined()
  expect((await night(1)).from, 'a week after the first').toBe(startOfDay(clock.now) - 35 * DAY)
  expect(['late', 'old'].map((name) => statusOf(shop, `${shop.name}-${name}`))).toEqual([100, 100])
  // What had never been asked for before does not count.
  const next = await night(1)
  expect(next).toEqual({ days: 8, from: startOfDay(clock.now) - 8 * DAY })
})
