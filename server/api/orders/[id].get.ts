import { presentHistory } from '../../presenters/order-history'
import { presentOrder } from '../../presenters/order'
import { getOrder, getOrderHistory } from '../../repositories/orders'
import { action, defineActions } from '../../utils/api'
import { NotFound } from '../../utils/errors'
import { orderActions } from '../../utils/order-actions'
import { idOf } from '../../utils/request'

export default defineActions(orderActions, action({
  permission: 'view',
  run: async ({ session, event }) => {
    const order = await getOrder(session.setOfBookId, idOf(event))
    if (!order) throw new NotFound('订单不存在，可能已被删除')
    return { ...presentOrder(order, session.setOfBook), history: presentHistory(order, await getOrderHistory(order.id)) }
  },
}))
