import { expect, test } from 'vitest'
import { timeText } from '../../sandbox/shop.ts'
import type { Fields } from '../api/server.ts'
import { DAY, HOUR, MINUTE } from './clock.ts'
import { eventually, expectOneDocumentEach, orderRows, untilIdle } from './setup.ts'
import { order, useScheduler } from './scheduled-shop.ts'

const { clock, context, automate } = useScheduler()

test('what is imported by itself: paid, older than the delay, and not from before it was switched on', async () => {
  const { app } = context
  const shop = await app.openShopWithCredentials()
  await app.addDevice(shop)
  const receive = (name: string, made: number, changes: Fields = {}) =>
    app.receive(shop, `${shop.name}-${name}`, { ...order('x', made), trans_id: `${shop.name}-${name}`, ...changes })
  await receive('yesterday', clock.now - DAY)
  await receive('unpaid', clock.now - HOUR, { status: 101 })
  await receive('old', clock.now - HOUR)
  await receive('young', clock.now - 5 * MINUTE)
  await receive('refunded', clock.now - 5 * MINUTE)
  const switches = { downloads: false, imports: true, import_delay_minutes: 10 }
  await automate(shop, switches)
  const states = () =>
    Object.fromEntries(orderRows(app, shop).map((row) => [row.trans_id.slice(shop.name.length + 1), row.import_state]))
  await eventually(() => states().old === 'imported')
  expect(states()).toEqual({ yesterday: 'idle', unpaid: 'idle', old: 'imported', young: 'idle', refunded: 'idle' })
  await receive('refunded', clock.now - 5 * MINUTE, { status: 103, update_time: timeText(clock.now) })
  clock.shift(6 * MINUTE)
  await automate(shop, switches)
  await eventually(() => states().young === 'imported')
  await untilIdle(app, shop)
  expect(states()).toEqual({ yesterday: 'idle', unpaid: 'idle', old: 'imported', young: 'imported', refunded: 'idle' })
  await expectOneDocumentEach(
    app,
    shop,
    ['old', 'young'].map((name) => `${shop.name}-${name}`),
  )
  // Switched off and on again, what came in between is the clerk's, unless it is said otherwise.
  await automate(shop, { downloads: false, imports: false })
  expect((await app.ask('GET /api/automation', { token: shop.token })).body.has_c8_login).toBe(false)
})

test('imports go on with nobody signed in, and pause with a reason once C8 refuses the stored log-in, until the next log-in', async () => {
  const { app } = context
  const shop = await app.openShopWithCredentials()
  await app.addDevice(shop)
  const viewer = await app.logIn(shop.name, 1, '李雪梅')
  const switches = { downloads: false, imports: true, import_delay_minutes: 0 }
  await automate(shop, switches)
  await app.ask('DELETE /api/access_token', { token: shop.token })
  const receive = async (name: string) => {
    const body = { ...order(`${shop.name}-${name}`, clock.now - MINUTE) }
    expect((await app.ask('POST /api/create_order', { token: shop.localToken, body })).status).toBe(200)
    return body.trans_id
  }
  const alone = await receive('alone')
  await eventually(() => orderRows(app, shop)[0]!.import_state === 'imported')
  await expectOneDocumentEach(app, shop, [alone])
  await app.sandbox.control.removeToken(shop.c8Token)
  const waiting = await receive('waiting')
  const shown = await eventually(async () => {
    const { body } = await app.ask('GET /api/automation', { token: viewer.token })
    return body.import_paused_reason !== null && body
  })
  expect(shown).toMatchObject({
    import_paused_reason: expect.stringMatching(/重新登录/) as string,
    has_c8_login: false,
  })
  const again = await app.logIn(shop.name, 15)
  await untilIdle(app, shop)
  await expectOneDocumentEach(app, shop, [waiting])
  expect((await app.ask('GET /api/automation', { token: again.token })).body).toMatchObject({
    import_paused_reason: null,
    has_c8_login: true,
  })
})
