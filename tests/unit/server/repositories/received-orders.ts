import { expect } from 'vitest'
import type { OrderMessage } from '#shared/orders'
import { countHistory, readHistory } from '#server/repositories/order-history'
import { queryOrders } from '#server/repositories/order-queries'
import { receiveOrder } from '#server/repositories/orders'
import { allOf, useTestStorage } from '../with-storage.ts'

let count = 0

/** A paid order as goBox tells of it. */
export function message(changes: Partial<OrderMessage> = {}): OrderMessage {
  return {
    trans_id: `T${++count}`,
    status: 100,
    e_id: 'E',
    dev_id: 1,
    create_time: 1000,
    update_time: 1000,
    products: [{ barcode: 'A', name: '水', num: 1, amount: 200 }],
    ...changes,
  }
}

const page = { start: 0, limit: 1000, sort: '-create_time' as const }

/** A storage of its own for a test file, whose orders come as messages of goBox. */
export function useReceivedOrders() {
  const context = useTestStorage()
  const receive = (order: OrderMessage, setOfBookId = context.own) =>
    receiveOrder(setOfBookId, order, 'goBox', Date.now())
  async function stored(trans_id: string, setOfBookId = context.own) {
    const { rows } = await queryOrders(setOfBookId, { trans_id, ...page })
    const [row] = await allOf(rows)
    return row ?? expect.fail(`${trans_id} is not stored`)
  }
  const getOrderHistory = async (id: number) => allOf(readHistory(id, { first: 1, last: await countHistory(id) }))
  return { context, receive, stored, getOrderHistory }
}
