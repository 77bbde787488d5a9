import type { OrderDetail } from '#shared/orders'
import { presentDevice } from '../../presenters/device.ts'
import { presentHistory } from '../../presenters/order-history.ts'
import { presentOrder } from '../../presenters/order.ts'
import { findDeviceByDevId } from '../../repositories/devices.ts'
import { getOrder, getOrderHistory } from '../../repositories/orders.ts'
import { action, defineActions } from '../../utils/api.ts'
import { NotFound } from '../../utils/errors.ts'
import { orderActions } from '../../utils/order-actions.ts'
import { idOf } from '../../utils/request.ts'

export default defineActions(
  orderActions,
  action({
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
  }),
)
