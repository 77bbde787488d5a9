import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { SettlementDay } from '../../shared/settlement-answers.ts'
import { startOfDay, timeText } from '../../sandbox/shop.ts'
import { useApp, type Fields, type Shop } from '../api/server.ts'
import { DAY, HOUR, MINUTE, useClock } from './clock.ts'
import { eventually, orderRows } from './setup.ts'

/** Shortly before the shop's 4 o'clock. */
const clock = useClock(startOfDay(Date.now()) + 3.5 * HOUR)
const context = useApp(clock.settings)
const dateOf = (time: number) => timeText(time).slice(0, 10)

/** Switches on; done again it makes the scheduler look now. */
const automate = (shop: Shop, switches: Fields = { downloads: true, imports: false }) =>
  context.app.ask('PUT /api/automation', { token: shop.token, body: switches })

/** The last days, yesterday first. */
async function days(shop: Shop): Promise<SettlementDay[]> {
  const query = `start_date=${dateOf(clock.now - 4 * DAY)}&end_date=${dateOf(clock.now - DAY)}`
  return (await context.app.ask<{ root: SettlementDay[] }>(`GET /api/settlements?${query}`, shop)).body.root
}

/** How often a day was asked for, as a whole. */
async function checksOf(shop: Shop, date: string): Promise<number> {
  const { control, state } = context.app.sandbox
  const asked = (await control.calls('gobox.trade')).map(({ body }) => body as Record<string, string>)
  return asked.filter(
    ({ access_token: token, start_date: start, end_date: end }) =>
      state.accessTokens.get(token!)?.set_of_book === shop.name &&
      start === `${date} 00:00:00` &&
      end === `${date} 23:59:59`,
  ).length
}

/** Lets time pass, and waits until a download that began then has ended and the scheduler has looked again. */
async function pass(shop: Shop, time: number) {
  clock.shift(time)
  const begin = clock.now
  await eventually(async () => {
    await automate(shop)
    const [row] = context.app.rows<{ ended: number | null }>(
      'SELECT last_attempt_at AS ended FROM automations WHERE set_of_book_id = ?',
      shop.id,
    )
    return (row!.ended ?? 0) >= begin
  })
  for (let looks = 0; looks < 4; looks++) {
    await automate(shop)
    await sleep(300)
  }
}

async function openAutomaticShop(): Promise<Shop> {
  const shop = await context.app.openShopWithCredentials()
  await pass(shop, 0)
  return shop
}

const untilIdle = (shop: Shop) =>
  eventually(async () => (await days(shop)).every(({ status }) => status !== 'checking'))
const seen = async (shop: Shop) =>
  (await days(shop)).map(({ status, checked_user: user }) => (user === null ? status : `${status} ${user}`))

test('yesterday is checked by itself once after 4 o’clock, and again with the two days before while not closed', async () => {
  const { app } = context
  const shop = await openAutomaticShop()
  expect(await seen(shop)).toEqual(['open', 'open', 'open', 'open'])
  await pass(shop, HOUR)
  await untilIdle(shop)
  expect(await seen(shop)).toEqual(['checked 自动', 'checked 自动', 'checked 自动', 'open'])
  const [yesterday, before] = (await days(shop)).map(({ date }) => date) as [string, string]
  await pass(shop, 2 * HOUR)
  expect(await checksOf(shop, yesterday)).toBe(1)

  await app.ask(`POST /api/settlements/${before}/close`, { token: shop.token, body: {} })
  clock.shift(DAY - 2 * HOUR)
  Object.assign(shop, await app.logIn(shop.name, 15))
  await pass(shop, 0)
  await untilIdle(shop)
  expect(await seen(shop)).toEqual(['checked 自动', 'checked 自动', 'closed 自动', 'checked 自动'])
  expect([await checksOf(shop, yesterday), await checksOf(shop, before)]).toEqual([2, 1])
})

test('a check that fails by itself is made again after an hour', async () => {
  const { control } = context.app.sandbox
  clock.set(startOfDay(clock.now) + DAY + 3.5 * HOUR)
  const shop = await openAutomaticShop()
  const yesterday = dateOf(clock.now - DAY)
  await control.fault({ step: 'gobox.trade', kind: 'status', status: 500, containing: `${yesterday} 23:59:59` })
  const isFailed = async () => (await days(shop))[0]!.check_error !== null
  await pass(shop, HOUR)
  await eventually(isFailed)
  const tries = await checksOf(shop, yesterday)
  await pass(shop, 30 * MINUTE)
  expect(await checksOf(shop, yesterday)).toBe(tries)
  await pass(shop, 31 * MINUTE)
  await eventually(async () => (await checksOf(shop, yesterday)) > tries)
  await untilIdle(shop)
  await control.clearFaults()
  await pass(shop, 61 * MINUTE)
  await eventually(async () => !(await isFailed()))
  expect((await seen(shop))[0]).toBe('checked 自动')
})

test('a check that somebody stops is not begun again by itself at once, but after an hour', async () => {
  const { app } = context
  const { control } = app.sandbox
  clock.set(startOfDay(clock.now) + DAY + 3.5 * HOUR)
  const shop = await openAutomaticShop()
  const yesterday = dateOf(clock.now - DAY)
  await control.fault({ step: 'gobox.trade', kind: 'slow', ms: 5000, containing: `${yesterday} 23:59:59` })
  clock.shift(HOUR)
  await eventually(async () => {
    await automate(shop)
    return (await days(shop))[0]!.status === 'checking'
  })
  await app.ask(`DELETE /api/settlements/${yesterday}/check`, { token: shop.token })
  await control.clearFaults()
  await pass(shop, 30 * MINUTE)
  await untilIdle(shop)
  expect((await seen(shop)).slice(0, 2)).toEqual(['open', 'checked 自动'])
  await pass(shop, 31 * MINUTE)
  await eventually(async () => (await seen(shop))[0] === 'checked 自动')
})

test('what is imported by itself leaves out the orders of closed days', async () => {
  const { app } = context
  const shop = await app.openShopWithCredentials()
  await app.addDevice(shop)
  const time = clock.now - 2 * DAY
  await app.ask(`POST /api/settlements/${dateOf(time)}/check`, shop)
  await eventually(async () => (await days(shop)).some(({ status }) => status === 'checked'))
  expect(await app.ask(`POST /api/settlements/${dateOf(time)}/close`, { token: shop.token, body: {} })).toMatchObject({
    status: 200,
  })
  const at = (made: number) => ({ create_time: timeText(made), update_time: timeText(made) })
  await app.receive(shop, 'in-closed', at(time))
  await app.receive(shop, 'in-open', at(clock.now - DAY))
  await automate(shop, { downloads: false, imports: true, import_since: timeText(clock.now - 5 * DAY) })
  const states = () => Object.fromEntries(orderRows(app, shop).map((row) => [row.trans_id, row.import_state]))
  await eventually(() => states()['in-open'] === 'imported')
  expect(states()).toEqual({ 'in-closed': 'idle', 'in-open': 'imported' })
})
