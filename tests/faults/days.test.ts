import { expect, test } from 'vitest'
import type { SettlementDay } from '../../shared/settlement-answers.ts'
import { startOfDay, timeText } from '../../sandbox/shop.ts'
import { useApp, type Fields, type Shop } from '../api/server.ts'
import { DAY, HOUR, useClock } from './clock.ts'
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
