import { beforeAll, vi } from 'vitest'
import type { JobDetail, JobPlan } from '#shared/jobs'
import type { World } from './scenarios.ts'
import { useApp, type Fields, type Shop } from './server.ts'

export interface Caller {
  token: string
}

/** An app whose account sets have jobs; a neighbour has one that is done. */
export function useJobs() {
  const context = useApp()
  const world = {} as World

  const control = () => context.app.sandbox.control
  const start = (caller: Caller, body: Fields) =>
    context.app.ask<{ id: number; total: number }>('POST /api/jobs', { token: caller.token, body })
  const plan = async (caller: Caller, body: Fields) =>
    (await context.app.ask<JobPlan>('POST /api/jobs/plan', { token: caller.token, body })).body
  const look = async (caller: Caller, id: number) =>
    (await context.app.ask<JobDetail>(`GET /api/jobs/${id}`, { token: caller.token })).body

  async function finished(caller: Caller, id: number): Promise<JobDetail> {
    const isOver = async () => (await look(caller, id)).pending === 0
    await vi.waitUntil(isOver, { timeout: 20_000, interval: 50 })
    return look(caller, id)
  }

  async function openShopWithOrders(count: number): Promise<{ shop: Shop; ids: number[] }> {
    const { app } = context
    const shop = await app.openShop()
    await app.addDevice(shop)
    const ids: number[] = []
    for (let index = 0; index < count; index++) ids.push(await app.receive(shop, `J${index}`))
    await control().clearCalls()
    return { shop, ids }
  }

  /** As after an import whose documents have since been deleted in C8. */
  function importWithoutDocuments(shop: Shop) {
    context.app.change(
      `UPDATE orders SET import_state = 'imported', imported_at = 1, retail_id = '777777', retail_code = 'LS-GONE'
        WHERE set_of_book_id = ?`,
      shop.id,
    )
  }

  const statesOf = (shop: Shop) =>
    context.app
      .rows<{ state: string }>('SELECT import_state AS state FROM orders WHERE set_of_book_id = ? ORDER BY id', shop.id)
      .map(({ state }) => state)

  beforeAll(async () => {
    const { app } = context
    const [shop, neighbour] = [await app.openShop(), await app.openShop()]
    const theirs = await app.receive(neighbour, 'T2')
    const order = await app.receive(shop, 'T1')
    const { body } = await start(neighbour, { kind: 'reset', ids: [theirs] })
    await finished(neighbour, body.id)
    Object.assign(world, { app, shop, ids: { order, theirs, theirJob: body.id, nowhere: 999_999 } })
  })

  return { context, world, control, start, plan, look, finished, openShopWithOrders, importWithoutDocuments, statesOf }
}
