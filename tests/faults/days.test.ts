import { expect, test } from 'vitest'
import type { SettlementDay } from '../../shared/settlement-answers.ts'
import { startOfDay, timeText } from '../../sandbox/shop.ts'
import { orderMessage, useApp, type Fields, type Shop } from '../api/server.ts'
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

/** The scheduler has downloaded after now, and then looked for what is to be checked. */
async function untilLooked(shop: Shop) {
  const begin = clock.now
  await automate(shop)
  await eventually(() => {
    const [row] = context.app.rows<{ cursor: number }>(
      'SELECT download_cursor AS cursor FROM automations WHERE set_of_book_id = ?',
      shop.id,
    )
    return row!.cursor >= begin - 15 * MINUTE
  })
  for (let looks = 0; looks < 3; looks++) await automate(shop)
}

test('yesterday is checked by itself once after 4 o’clock, with the two days before while they are not closed, and hourly while that fails', async () => {
  const { app } = context
  const { control } = app.sandbox
  const shop = await app.openShopWithCredentials()
  const made = (id: string, time: number) => ({
    ...orderMessage(id),
    create_time: timeText(time),
    update_time: timeText(time),
  })
  for (const back of [1, 2, 3, 4]) {
    await control.addOrders(shop.name, made(`d-${back}`, clock.now - back * DAY + 8 * HOUR))
  }
  await untilLooked(shop)
  expect((await days(shop)).map(({ status }) => status)).toEqual(['open', 'open', 'open', 'open'])
  clock.shift(HOUR)
  await untilLooked(shop)
  await eventually(async () => (await days(shop)).filter(({ status }) => status === 'checked').length === 3)
  expect(await days(shop)).toMatchObject([
    { checked_user: '自动' },
    { checked_user: '自动' },
    { checked_user: '自动' },
    { status: 'open', checked_at: null },
  ])
  const [yesterday, before] = (await days(shop)).map(({ date }) => date) as [string, string]
  const once = await checksOf(shop, yesterday)
  clock.shift(2 * HOUR)
  await untilLooked(shop)
  expect(await checksOf(shop, yesterday)).toBe(once)
  await app.ask(`POST /api/settlements/${before}/close`, { token: shop.token, body: { note: 'x' } })

  // The next day: what is closed stays, what fails is tried again after an hour.
  clock.shift(DAY)
  Object.assign(shop, await app.logIn(shop.name, 15))
  await control.fault({ step: 'gobox.trade', kind: 'status', containing: '23:59:59' })
  await untilLooked(shop)
  const failed = async () => (await days(shop))[0]!.check_error !== null
  await eventually(failed)
  const tries = await checksOf(shop, dateOf(clock.now - DAY))
  clock.shift(30 * MINUTE)
  await untilLooked(shop)
  expect(await checksOf(shop, dateOf(clock.now - DAY))).toBe(tries)
  await control.clearFaults()
  clock.shift(31 * MINUTE)
  await untilLooked(shop)
  await eventually(async () => !(await failed()))
  expect(await days(shop)).toMatchObject([{ status: 'checked' }, { status: 'checked' }, { status: 'closed' }, {}])
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
