import { z } from 'zod'
import { pagingFields } from '#shared/fields'
import { orderHistoryPageAnswer, HISTORY_PAGE } from '#shared/order-history'
import { presentHistory } from '../../../serializers/order-history.ts'
import { countHistory, readHistory } from '../../../repositories/order-history.ts'
import { getOrder } from '../../../repositories/orders.ts'
import { defineApi } from '../../../http/define-api.ts'
import { NotFound } from '../../../errors.ts'
import { idOf } from '../../../http/request.ts'

/** A page of an order's history, newest first; its arrival is the last entry of all. */
export default defineApi({
  summary: 'Lists an order’s history, newest first',
  permission: 'view',
  input: z.object(pagingFields),
  answer: orderHistoryPageAnswer,
  errors: ['404 order_not_found'],
  run: async ({ input: { start, limit }, session, event, client }) => {
    const order = await getOrder(session.setOfBookId, idOf(event))
    if (!order) throw new NotFound('订单不存在，可能已被删除', { code: 'order_not_found' })
    const total = (await countHistory(order.id)) + 1
    const last = total - 1 - start
    const first = last - Math.min(limit, HISTORY_PAGE) + 1
    const slices = readHistory(order.id, { first, last }, true, client)
    const reachesArrival = first <= 0 && last >= 0
    return { total, root: presentHistory(order, slices, { arrival: reachesArrival ? 'last' : undefined }) }
  },
})
