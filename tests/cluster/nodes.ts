import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { App, type Shop } from '../api/server.ts'
import { RECOUNTS, TOTALS } from '../recounts.ts'

export const isLong = process.env.TEST_FAULTS === 'long'

export interface Nodes {
  nodes: App[]
  shop: Shop
}

/** Three nodes on one database, with one account set whose cabinet is configured. */
export function useNodes(settings: Record<string, string> = {}): Nodes {
  const context = { nodes: [] as App[] } as Nodes
  beforeAll(async () => {
    const first = await App.start(settings)
    context.nodes.push(first)
    for (let count = 1; count < 3; count++) context.nodes.push(await first.startNode())
    context.shop = await first.openShopWithCredentials()
    await first.addDevice(context.shop)
  })
  afterEach(async () => {
    await context.nodes[0]!.sandbox.control.clearFaults()
    await context.nodes[0]!.sandbox.control.clearCalls()
  })
  // The first one's database and upstreams are everybody's.
  afterAll(async () => {
    for (const node of context.nodes.toReversed()) await node.close()
  })
  return context
}

/** Waits until an order is imported, and expects one finished document of it. */
export async function expectImportedOnce(app: App, shop: Shop, transId: string, timeout: number) {
  const state = async () => (await app.findOrder(shop, transId))?.import_state
  await expect.poll(state, { timeout, interval: 250 }).toBe('imported')
  expect(await app.sandbox.control.documents(transId)).toMatchObject([{ status: 6 }])
}

/** Holds that the totals are what a recount of the orders gives. `read` runs a statement on the database. */
export async function expectTotalsRecounted(read: (sql: string) => unknown) {
  for (const [view, recount] of Object.entries(RECOUNTS)) {
    // As JSON, where numbers of all types look the same.
    const rows = (from: string) => read(`SELECT to_jsonb(t)::text AS row FROM (${from}) AS t ORDER BY 1`)
    const counted = await rows(recount)
    expect(counted).not.toEqual([])
    expect(await rows(TOTALS[view as keyof typeof TOTALS]), view).toEqual(counted)
  }
}

/** The items in an order of their own; the same for the same seed. */
export function shuffle<T>(items: T[], seed: number): T[] {
  const keys = new Map(items.map((item, index) => [item, Math.sin(seed * 1000 + index) * 1e4]))
  const fraction = (item: T) => keys.get(item)! - Math.floor(keys.get(item)!)
  return items.toSorted((a, b) => fraction(a) - fraction(b))
}
