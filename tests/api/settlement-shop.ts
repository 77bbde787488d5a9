import { beforeAll, expect, vi } from 'vitest'
import type { SettlementDetail } from '../../shared/settlement-answers.ts'
import type { World } from './scenarios.ts'
import { orderMessage, useApp, type Fields } from './server.ts'

/** An order made at this time, or on this day at ten. */
export function messageOf(transId: string, time: string, changes: Fields = {}) {
  const made = time.includes(' ') ? time : `${time} 10:00:00`
  return { ...orderMessage(transId), create_time: made, update_time: made, ...changes }
}

/** Days of a month that is over, whenever the tests run: each test has its own. */
export function daysOf(month: string): () => string {
  let day = 0
  return () => `${month}-${String(++day).padStart(2, '0')}`
}

/** An app with a shop whose days are checked and closed. */
export function useSettlementShop(settings?: Record<string, string>) {
  const context = useApp(settings)
  const world = {} as World
  const control = () => context.app.sandbox.control

  beforeAll(async () => {
    const shop = await context.app.openShopWithCredentials()
    await context.app.addDevice(shop)
    Object.assign(world, { app: context.app, shop, ids: {} })
  })

  const ask = <Body = Fields>(request: string, body?: unknown, token = world.shop.token) =>
    context.app.ask<Body>(request, { token, body })
  const view = async (date: string) => (await ask<SettlementDetail>(`GET /api/settlements/${date}`)).body

  /** An order that goBox has sent and lists. */
  async function sell(transId: string, time: string, changes: Fields = {}): Promise<number> {
    const message = messageOf(transId, time, changes)
    await control().addOrders(world.shop.name, message)
    return context.app.receive(world.shop, transId, message)
  }

  async function sellAndImport(transId: string, time: string, changes: Fields = {}): Promise<number> {
    const id = await sell(transId, time, changes)
    expect((await ask(`POST /api/orders/${id}?action=import`)).body).toMatchObject({ state: 1 })
    return id
  }

  /** Checks a day and waits for the end. */
  async function check(date: string): Promise<SettlementDetail> {
    const body = { status: 'checking' }
    expect(await ask(`POST /api/settlements/${date}/check`)).toMatchObject({ status: 200, body })
    await vi.waitUntil(async () => (await view(date)).status !== 'checking', { timeout: 20_000, interval: 50 })
    return view(date)
  }

  return { context, world, control, ask, view, sell, sellAndImport, check }
}
