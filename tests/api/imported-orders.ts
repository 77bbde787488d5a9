import { beforeAll } from 'vitest'
import type { World } from './scenarios.ts'
import { useApp, type Fields, type PublicOrder, type Shop } from './server.ts'

/** An app whose orders are imported one by one. */
export function useImports() {
  const context = useApp()
  const world = {} as World

  beforeAll(async () => {
    const { app } = context
    const shop = await app.openShop()
    const neighbour = await app.openShop()
    await app.addDevice(shop)
    Object.assign(world, {
      app,
      shop,
      ids: { order: await app.receive(shop, 'T1'), theirs: await app.receive(neighbour, 'T2'), nowhere: 999_999 },
    })
    await app.sandbox.control.clearCalls()
  })

  const control = () => context.app.sandbox.control
  const importOrder = (shop: { token: string }, id: number, method = 'POST') =>
    context.app.ask(`${method} /api/orders/${id}?action=import`, { token: shop.token })
  const reset = (shop: { token: string }, id: number) =>
    context.app.ask(`POST /api/orders/${id}?action=init_order`, { token: shop.token })
  const steps = async () => (await control().calls()).map(({ step }) => step)

  async function openShopWithDevice(changes: Fields = {}): Promise<Shop> {
    const shop = await context.app.openShop()
    await context.app.addDevice(shop, changes)
    await control().clearCalls()
    return shop
  }

  const show = async (shop: Shop, id: number) =>
    (
      await context.app.ask<
        PublicOrder & { history: { event: string; user: string; reason?: string; adopted?: boolean }[] }
      >(`GET /api/orders/${id}`, shop)
    ).body

  return { context, world, control, importOrder, reset, steps, openShopWithDevice, show }
}
