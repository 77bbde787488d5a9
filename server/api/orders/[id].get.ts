import type { OrderDetail } from '#shared/orders'
import { presentDevice } from '../../presenters/device'
import { presentHistory } from '../../presenters/order-history'
import { presentOrder } from '../../presenters/order'
import { findDeviceByDevId } from '../../repositories/devices'
import { getOrder, getOrderHistory } from '../../repositories/orders'
import { action, defineActions } from '../../utils/api'
import { NotFound } from '../../utils/errors'
import { orderActions } from '../../utils/order-actions'
import { idOf } from '../../utils/request'

export default defineActions(orderActions, action({
  permission: 'view',
  run: async ({ session, event }): Promise<OrderDetail> => {
    const order = await getOrder(session.setOfBookId, idOf(event))
    if (!order) throw new NotFound('订单不存在，可能已被删除')
    const device = await findDeviceByDevId(session.setOfBookId, order.devId)
    return {
      ...presentOrder(order, session.setOfBook),
      device: device ? presentDevice(device, session.setOfBook) : null,
      history: presentHistory(order, await getOrderHistory(order.id)),
    }
  },
}))
