import { beforeAll, describe, expect, it } from 'vitest'
import { failed, useApp, type Shop } from './server.ts'

const context = useApp()
let shop: Shop

beforeAll(async () => {
  shop = await context.app.openShop()
})

describe('wrong tokens and failed log-ins from one address', () => {
  const from = (address: string) => ({ 'x-forwarded-for': address })

  it('get 429 after 60 wrong tokens a minute, while a good token is never held back', async () => {
    const { app } = context
    const ask = (token?: string, request = 'GET /api/devices', address = '10.9.0.1') =>
      app.ask(request, { token, headers: from(address) })
    const statuses: number[] = []
    for (let count = 0; count < 30; count++) {
      statuses.push((await ask(`wrong-${count}`)).status, (await ask('wrong', 'POST /api/create_order')).status)
    }
    expect(new Set(statuses)).toEqual(new Set([401]))
    const held = await ask('wrong')
    expect(held).toMatchObject({ status: 429, body: failed(/秒后再试/) })
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(held.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect((await ask('wrong', 'POST /api/create_order')).status).toBe(429)
    expect((await ask(shop.token)).status).toBe(200)
    expect((await ask(shop.localToken, 'POST /api/create_order')).status).toBe(400)
    expect((await ask(undefined)).status).toBe(401)
    expect((await ask('wrong', 'GET /api/devices', '10.9.0.2')).status).toBe(401)
  })

  it('count no missing tokens', async () => {
    const { app } = context
    for (let count = 0; count < 70; count++) await app.ask('GET /api/devices', { headers: from('10.9.0.3') })
    expect((await app.ask('GET /api/devices', { token: 'wrong', headers: from('10.9.0.3') })).status).toBe(401)
  })

  it('get 429 for every log-in after 20 failed ones a minute, and C8 is not asked', async () => {
    const { app } = context
    const { name } = await app.addSetOfBook()
    const good = await app.addC8Token(15, [name])
    for (let count = 0; count < 20; count++)
      expect((await app.logInWith('wrong', {}, from('10.9.0.4'))).status).toBe(403)
    await app.logInWith('wrong', {}, from('10.9.0.4'))
    await app.sandbox.control.clearCalls()
    const held = await app.logInWith(good, { set_of_book: name }, from('10.9.0.4'))
    expect(held).toMatchObject({ status: 429, body: failed(/登录失败次数太多/) })
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await app.sandbox.control.counts()).toEqual({})
    expect((await app.logInWith(good, { set_of_book: name }, from('10.9.0.5'))).status).toBe(200)
  })

  it("are not told apart by an address that the caller makes up before a proxy's", async () => {
    const { app } = context
    for (let count = 0; count < 60; count++)
      await app.ask('GET /api/devices', { token: 'wrong', headers: from(`1.2.3.${count}, 10.9.0.6`) })
    expect((await app.ask('GET /api/devices', { token: 'wrong', headers: from('9.9.9.9, 10.9.0.6') })).status).toBe(429)
  })
})

describe('log-ins', () => {
  it('that are good pass by the thirty at once, from one address', async () => {
    const token = await context.app.addC8Token(15, [shop.name])
    const headers = { 'x-forwarded-for': '10.8.0.1' }
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => context.app.logInWith(token, { set_of_book: shop.name }, headers)),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 30 }, () => 200))
  })

  it('that are wrong reach C8 twenty times at most, also at once and from one /64', async () => {
    await context.app.sandbox.control.clearCalls()
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        context.app.logInWith('wrong', {}, { 'x-forwarded-for': `2001:db8:7:7::${index.toString(16)}` }),
      ),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 403)).toHaveLength(20)
    expect(statuses.filter((status) => status === 429)).toHaveLength(40)
    const calls = await context.app.sandbox.control.calls()
    expect(calls.filter(({ step }) => step === 'c8.security_keys')).toHaveLength(20)
  })

  it('wrong tokens of one /64 count together', async () => {
    const statuses: number[] = []
    for (let index = 0; index < 62; index++)
      statuses.push(
        (
          await context.app.ask('GET /api/devices', {
            token: 'wrong',
            headers: { 'x-forwarded-for': `2001:db8:8:8::${index.toString(16)}` },
          })
        ).status,
      )
    expect(statuses.slice(0, 60).every((status) => status === 401)).toBe(true)
    expect(statuses.slice(60)).toEqual([429, 429])
  })
})
