import { beforeAll } from 'vitest'
import type { Order, TradeEntry } from '../../sandbox/state.ts'
import type { World } from './scenarios.ts'
import { orderMessage, useApp, type Shop } from './server.ts'

export interface Download {
  state: number
  page: number | null
  received: number
  created: number
  updated: number
  refused: { trans_id: string; errmsg: string }[]
}

export const DOWNLOAD = 'GET /api/orders?action=get_orders'
export const DAY = `${DOWNLOAD}&start_date=2026-11-20&end_date=2026-11-20`

/** An app with a shop that downloads from goBox. */
export function useDownloads() {
  const context = useApp({ NUXT_UPSTREAM_TIMEOUT: '1000', NUXT_UPSTREAM_MAX_BYTES: '1000000' })
  const world = {} as World
  /** Without credentials of goBox. */
  const bare = {} as Shop

  beforeAll(async () => {
    const { app } = context
    Object.assign(world, { app, shop: await app.openShopWithCredentials(), ids: {} })
    Object.assign(bare, await app.openShop())
  })

  const download = (shop: Shop, request = DAY) => context.app.ask<Download>(request, { token: shop.token })
  const order = (transId: string, changes: Partial<Order> = {}): Order => ({ ...orderMessage(transId), ...changes })
  const entry = (transId: string, changes: Partial<TradeEntry> = {}): TradeEntry => {
    const { products, ...rest } = orderMessage(transId)
    return { ...rest, ...products[0], ...changes }
  }
  const control = () => context.app.sandbox.control

  return { context, world, bare, download, order, entry, control }
}
