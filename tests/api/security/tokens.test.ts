import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { failed, orderMessage, useApp, type Shop } from '../server.ts'

const HOUR = 3_600_000
const world = useApp()
let shop: Shop

beforeEach(async () => {
  shop = await world.app.openShop()
})

const lives = async (token: string) => (await world.app.ask('GET /api/devices', { token })).status === 200
const send = async (token: string) =>
  (await world.app.ask('POST /api/create_order', { token, body: orderMessage('T-1') })).status

/** Changes the database beside the app, as time would. */
const change = (sql: string, ...values: unknown[]) => world.app.change(sql, ...values)

describe('a session', () => {
  it('has a token of 256 bits, of which only the SHA-256 is kept', () => {
    expect(shop.token).toMatch(/^[0-9a-f]{64}$/)
    const hashes = world.app
      .rows<{ token_hash: string }>('SELECT token_hash FROM sessions')
      .map((row) => row.token_hash)
    expect(hashes).toContain(createHash('sha256').update(shop.token).digest('hex'))
    expect(JSON.stringify(world.app.rows('SELECT * FROM sessions'))).not.toContain(shop.token)
  })

  it('slides to 12 hours from its use, but ends 7 days after its start', async () => {
    const end = () =>
      world.app.rows<{ expires_at: number }>('SELECT expires_at FROM sessions ORDER BY id DESC LIMIT 1')[0]!.expires_at
    change('UPDATE sessions SET expires_at = ?', Date.now() + HOUR)
    expect(await lives(shop.token)).toBe(true)
    expect(Math.abs(end() - Date.now() - 12 * HOUR)).toBeLessThan(HOUR / 10)
    change(
      'UPDATE sessions SET created_at = ?, expires_at = ?',
      Date.now() - 7 * 24 * HOUR + 2 * HOUR,
      Date.now() + HOUR,
    )
    expect(await lives(shop.token)).toBe(true)
    expect(Math.abs(end() - Date.now() - 2 * HOUR)).toBeLessThan(HOUR / 10)
  })

  it('has ended once its time is over', async () => {
    change('UPDATE sessions SET expires_at = ?', Date.now() - 1)
    expect(await lives(shop.token)).toBe(false)
  })

  it('ends by log-out, and only it', async () => {
    const { token } = await world.app.logIn(shop.name, 15)
    expect(await world.app.ask('DELETE /api/access_token', { token })).toMatchObject({ status: 200 })
    expect(await lives(token)).toBe(false)
    expect(await lives(shop.token)).toBe(true)
  })

  it('ends when C8 refuses a step and the token itself', async () => {
    await world.app.sandbox.control.removeToken(shop.c8Token)
    expect(await world.app.ask('GET /api/stores', { token: shop.token })).toMatchObject({
      status: 422,
      body: failed(/重新登录/),
    })
    expect(await lives(shop.token)).toBe(false)
  })

  it('keeps the access level of its log-in; one that C8 lowers holds from the next', async () => {
    await world.app.sandbox.control.addTokens({ token: shop.c8Token, access_level: 1, set_of_books: [shop.name] })
    const audit = async (token: string) => (await world.app.ask('GET /api/audit', { token })).status
    expect(await audit(shop.token)).toBe(200)
    const { body } = await world.app.logInWith(shop.c8Token, { set_of_book: shop.name })
    expect(await audit(body.token as string)).toBe(403)
    expect(await lives(body.token as string)).toBe(true)
  })

  it('ends when C8 has taken the permission away', async () => {
    await world.app.sandbox.control.addTokens({ token: shop.c8Token, access_level: null, set_of_books: [shop.name] })
    await world.app.sandbox.control.fault({ step: 'c8.lists', kind: 'status', status: 403, times: 1 })
    expect((await world.app.ask('GET /api/stores', { token: shop.token })).status).toBe(422)
    expect(await lives(shop.token)).toBe(false)
  })

  it.each([401, 403])('goes on when C8 answers %i to a single step, but still knows the token', async (status) => {
    await world.app.sandbox.control.fault({ step: 'c8.lists', kind: 'status', status, times: 1 })
    expect((await world.app.ask('GET /api/stores', { token: shop.token })).status).toBe(422)
    expect(await lives(shop.token)).toBe(true)
    expect((await world.app.ask('GET /api/stores', { token: shop.token })).status).toBe(200)
  })

  it('goes on when C8 breaks before it has said what it thinks of the token', async () => {
    await world.app.sandbox.control.fault({ step: 'c8.lists', kind: 'lapsed_token' })
    await world.app.sandbox.control.fault({ step: 'c8.security_keys', kind: 'status', status: 503 })
    expect((await world.app.ask('GET /api/stores', { token: shop.token })).status).toBe(502)
    expect(await lives(shop.token)).toBe(true)
  })

  it('of an import that C8 refuses as a whole ends, too, and the order can be imported after a log-in', async () => {
    await world.app.addDevice(shop)
    const id = await world.app.receive(shop, 'T-9')
    await world.app.sandbox.control.removeToken(shop.c8Token)
    expect(await world.app.ask(`POST /api/orders/${id}?action=import`, { token: shop.token })).toMatchObject({
      status: 422,
      body: failed(/重新登录/),
    })
    expect(await lives(shop.token)).toBe(false)
    const { token } = await world.app.logIn(shop.name, 15)
    expect((await world.app.ask(`POST /api/orders/${id}?action=import`, { token })).status).toBe(200)
  })
})

describe('replacing the local token', () => {
  const replace = (body: object = {}) =>
    world.app.ask<{ token: string; old_token_good_until: string | null }>(`POST /api/set_of_books/${shop.id}/token`, {
      token: shop.token,
      body,
    })

  it('gives a new one at once and says until when the old one stays good', async () => {
    expect(await send(shop.localToken)).toBe(200)
    const { status, body } = await replace({ overlap_hours: 24 })
    expect(status).toBe(200)
    expect(body.token).toMatch(/^[0-9a-f]{64}$/)
    expect(body.token).not.toBe(shop.localToken)
    const until = Date.parse(`${body.old_token_good_until!.replace(' ', 'T')}+08:00`)
    expect(Math.abs(until - Date.now() - 24 * HOUR)).toBeLessThan(5000)
    expect([await send(shop.localToken), await send(body.token)]).toEqual([200, 200])
    expect(JSON.stringify(world.app.rows('SELECT * FROM replaced_tokens'))).not.toContain(shop.localToken)
  })

  it('refuses the old one when its time is over, also after it was remembered', async () => {
    await replace({ overlap_hours: 24 })
    // The next message is the one that is remembered.
    change('UPDATE replaced_tokens SET good_until = ?', Date.now() + 1500)
    expect(await send(shop.localToken)).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 1600))
    expect(await send(shop.localToken)).toBe(401)
  })

  it('leaves every earlier one good for its own time', async () => {
    const first = await replace({ overlap_hours: 2 })
    const second = await replace({ overlap_hours: 1 })
    expect([await send(shop.localToken), await send(first.body.token), await send(second.body.token)]).toEqual([
      200, 200, 200,
    ])
  })

  it('with no overlap refuses all earlier ones at once, remembered or not', async () => {
    const first = await replace({ overlap_hours: 24 })
    expect([await send(shop.localToken), await send(first.body.token)]).toEqual([200, 200])
    const second = await replace()
    expect(second.body.old_token_good_until).toBeNull()
    expect([await send(shop.localToken), await send(first.body.token), await send(second.body.token)]).toEqual([
      401, 401, 200,
    ])
  })

  it.each([-1, 169, 1.5, 'x', null])('refuses an overlap of %s hours', async (overlap_hours) => {
    expect(await replace({ overlap_hours: overlap_hours as number })).toMatchObject({
      status: 400,
      body: failed(/overlap_hours/),
    })
    expect(await send(shop.localToken)).toBe(200)
  })

  it('asks for the edit permission and the own account set', async () => {
    const viewer = await world.app.logIn(shop.name, 1 + 4 + 8)
    const other = await world.app.openShop()
    expect(
      (await world.app.ask(`POST /api/set_of_books/${shop.id}/token`, { token: viewer.token, body: {} })).status,
    ).toBe(403)
    expect(
      (await world.app.ask(`POST /api/set_of_books/${shop.id}/token`, { token: other.token, body: {} })).status,
    ).toBe(404)
    expect(await send(shop.localToken)).toBe(200)
  })
})

describe('messages with a good token', () => {
  it('are taken however many wrong ones come from the same address', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9' }
    const wrong: number[] = []
    for (let count = 0; count < 70; count++)
      wrong.push(
        (await world.app.ask('POST /api/create_order', { token: 'wrong', body: orderMessage('T-2'), headers })).status,
      )
    expect([wrong[0], wrong.at(-1)]).toEqual([401, 429])
    expect(
      (await world.app.ask('POST /api/create_order', { token: shop.localToken, body: orderMessage('T-2'), headers }))
        .status,
    ).toBe(200)
  })
})
