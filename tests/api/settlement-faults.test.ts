import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { SettlementDetail } from '../../shared/settlement-answers.ts'
import { itIsGuarded, type World } from './scenarios.ts'
import { failed, orderMessage, useApp, type Fields, type Shop } from './server.ts'

/** A zone whose clock changes: 1 November 2026 has 25 hours there. */
const context = useApp({ NUXT_TIME_ZONE: 'America/New_York' })
const world = {} as World
let shop: Shop

const days = Array.from({ length: 10 }, (_, index) => `2026-09-${String(index + 1).padStart(2, '0')}`)
const nextDay = () => days.shift()!

beforeAll(async () => {
  shop = await context.app.openShopWithCredentials()
  await context.app.addDevice(shop)
  Object.assign(world, { app: context.app, shop, ids: {} })
})

const ask = <Body = Fields>(request: string, body?: unknown) =>
  context.app.ask<Body>(request, { token: shop.token, body })
const control = () => context.app.sandbox.control
const view = async (date: string) => (await ask<SettlementDetail>(`GET /api/settlements/${date}`)).body

async function sell(transId: string, time: string, changes: Fields = {}): Promise<number> {
  const message = { ...orderMessage(transId), create_time: time, update_time: time, ...changes }
  await control().addOrders(shop.name, message)
  return context.app.receive(shop, transId, message)
}

async function check(date: string): Promise<SettlementDetail> {
  expect(await ask(`POST /api/settlements/${date}/check`)).toMatchObject({ status: 200 })
  await vi.waitUntil(async () => (await view(date)).status !== 'checking', { timeout: 20_000, interval: 50 })
  return view(date)
}

describe('who may', () => {
  itIsGuarded('GET /api/settlements/2026-08-01', 'view', () => world)
  itIsGuarded('GET /api/settlements/2026-08-01/changes', 'view', () => world)
  itIsGuarded('GET /api/settlements/export', 'view', () => world)
  itIsGuarded('POST /api/settlements/2026-08-01/differences/1/accept', 'edit', () => world, { note: 'x' })
})

describe('a day', () => {
  it('on which the clock is set back has 25 hours, all of which belong to it', async () => {
    const date = '2026-11-01'
    const times = ['2026-10-31 23:59:59', `${date} 00:00:00`, `${date} 01:30:00`, `${date} 23:59:59`]
    for (const [index, time] of times.entries()) {
      const id = await sell(`long-${index}`, time)
      expect(await ask(`POST /api/orders/${id}?action=import`)).toMatchObject({ status: 200 })
    }
    const figures = { orders: 3, amount: 31.5 }
    expect(await check(date)).toMatchObject({ gobox: figures, stored: figures, c8: figures, differences: [] })
    expect(await ask(`POST /api/settlements/${date}/close`)).toMatchObject({ status: 200 })
    await sell('long-late', `${date} 23:59:59`)
    await sell('long-next', '2026-11-02 00:00:00')
    expect((await view(date)).changed_after_close).toBe(1)
    expect((await view('2026-11-02')).stored).toEqual({ orders: 1, amount: 10.5 })
  })

  it('that has not begun is neither checked nor closed', async () => {
    expect(await ask('POST /api/settlements/2099-01-01/check')).toMatchObject({ status: 422 })
    expect(await ask('POST /api/settlements/2099-01-01/close')).toMatchObject({ status: 409 })
    expect(await ask('POST /api/settlements/2099-01-01/reopen', { note: 'x' })).toMatchObject({ status: 409 })
  })

  it('that two people have checked at once is checked once', async () => {
    const date = nextDay()
    const asked = await Promise.all([1, 2, 3].map(() => ask(`POST /api/settlements/${date}/check`)))
    expect(asked.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    await vi.waitUntil(async () => (await view(date)).status === 'checked', { timeout: 10_000, interval: 50 })
  })

  it('keeps what the last complete check found when goBox fails in the middle', async () => {
    const date = nextDay()
    await control().settings({ page_size: 1 })
    await sell('page-1', `${date} 10:00:00`)
    await sell('page-2', `${date} 11:00:00`)
    const before = await check(date)
    await control().fault({ step: 'gobox.trade', kind: 'status', containing: '"page":2' })
    const after = await check(date)
    expect(after.check_error).toMatch(/goBox/)
    expect({ ...after, check_error: null, check_error_code: null, check_error_params: null }).toEqual(before)
    await control().settings({ page_size: 50 })
  })
})

describe('closing', () => {
  it('shows in the preview of an order what keeps it from being imported', async () => {
    const date = nextDay()
    const id = await sell('previewed', `${date} 10:00:00`)
    const preview = async () => (await ask(`GET /api/orders/${id}?action=preview_import`)).body
    expect(await preview()).toMatchObject({ draft: { total_amount: 10.5 }, problems: [] })
    await check(date)
    await ask(`POST /api/settlements/${date}/close`, { note: 'x' })
    expect(await preview()).toMatchObject({ draft: null, problems: [expect.stringMatching(/已日结/)] })
  })

  it('waits for an import that is under way, whose document is finished all the same', async () => {
    const date = nextDay()
    const id = await sell('under-way', `${date} 10:00:00`)
    await check(date)
    await control().latency({ 'c8.retail_create': 600 })
    const importing = ask(`POST /api/orders/${id}?action=import`)
    await vi.waitUntil(async () => (await control().counts())['c8.retail_create'], { timeout: 5000, interval: 10 })
    const refusal = { status: 409, body: failed(/正在导入/, 'day_importing') }
    expect(await ask(`POST /api/settlements/${date}/close`, { note: 'x' })).toMatchObject(refusal)
    expect(await importing).toMatchObject({ status: 200 })
    await control().latency({})
    expect(await ask(`POST /api/settlements/${date}/close`, { note: 'x' })).toMatchObject({ status: 200 })
  })

  it('leaves a document that exists to be finished', async () => {
    const date = nextDay()
    const id = await sell('made', `${date} 10:00:00`)
    await control().fault({ step: 'c8.confirm', kind: 'refuse' })
    expect(await ask(`POST /api/orders/${id}?action=import`)).toMatchObject({ status: 422 })
    await control().clearFaults()
    await check(date)
    expect(await ask(`POST /api/settlements/${date}/close`, { note: 'x' })).toMatchObject({ status: 200 })
    expect(await ask(`POST /api/orders/${id}?action=import`)).toMatchObject({ status: 200 })
    expect((await view(date)).changed_after_close).toBe(0)
  })

  it('is refused while a check runs, whatever its note', async () => {
    const date = nextDay()
    await sell('checked-now', `${date} 10:00:00`)
    await check(date)
    await control().latency({ 'gobox.trade': 300 })
    await ask(`POST /api/settlements/${date}/check`)
    const refusal = { status: 409, body: failed(/正在对账/, 'day_checking') }
    expect(await ask(`POST /api/settlements/${date}/close`, { note: 'x' })).toMatchObject(refusal)
    await control().latency({})
    expect(await ask(`DELETE /api/settlements/${date}/check`)).toMatchObject({ status: 200 })
    expect(await ask(`DELETE /api/settlements/${date}/check`)).toMatchObject({ status: 409 })
  })
})
