import { beforeAll, expect } from 'vitest'
import type { World } from './scenarios.ts'
import { useApp, type Fields, type Shop } from './server.ts'

export interface Batch extends Fields {
  total: number
  imported: number
  failed: number
  cancelled: number
  pending: number
  failures: { order_id: number; trans_id: string; errmsg: string; code: string; params: Fields | null }[]
}

/** An app whose account sets import in batches; a neighbour has one that is done. */
export function useBatches() {
  const context = useApp()
  const world = {} as World

  beforeAll(async () => {
    const { app } = context
    const [shop, neighbour] = [await app.openShop(), await app.openShop()]
    const theirs = await app.receive(neighbour, 'T2')
    const { body } = await app.ask('POST /api/imports', { token: neighbour.token, body: { ids: [theirs] } })
    Object.assign(world, {
      app,
      shop,
      ids: { order: await app.receive(shop, 'T1'), theirs, theirBatch: body.id as number, nowhere: 999_999 },
    })
    await finished(neighbour, body.id as number)
  })

  const control = () => context.app.sandbox.control
  const start = (shop: { token: string }, body: unknown) =>
    context.app.ask<{ id: number; total: number }>('POST /api/imports', { token: shop.token, body })
  const batch = async (shop: { token: string }, id: number) =>
    (await context.app.ask<Batch>(`GET /api/imports/${id}`, { token: shop.token })).body

  async function finished(shop: { token: string }, id: number): Promise<Batch> {
    for (const deadline = Date.now() + 20_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const progress = await batch(shop, id)
      if (progress.pending === 0) return progress
      if (Date.now() > deadline) expect.fail(`still pending: ${JSON.stringify(progress)}`)
    }
  }

  async function openShopWithOrders(count: number, prefix = 'B'): Promise<{ shop: Shop; ids: number[] }> {
    const { app } = context
    const shop = await app.openShop()
    await app.addDevice(shop)
    const ids: number[] = []
    for (let index = 0; index < count; index++) ids.push(await app.receive(shop, `${prefix}${index}`))
    await control().clearCalls()
    return { shop, ids }
  }

  const documentsOf = async ({ name }: Shop) =>
    (await control().documents()).filter(({ set_of_book }) => set_of_book === name)

  return { context, world, control, start, batch, finished, openShopWithOrders, documentsOf }
}
