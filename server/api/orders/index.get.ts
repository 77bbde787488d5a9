import { downloadQuerySchema, orderQuerySchema } from '#shared/orders'
import { presentOrder } from '../../presenters/order'
import { queryOrders } from '../../repositories/orders'
import { downloadOrders } from '../../services/download-orders'
import { action, defineActions } from '../../utils/api'
import { useConfig } from '../../utils/config'

const { zone } = useConfig()

export default defineActions({
  get_orders: action({
    permission: 'create',
    input: downloadQuerySchema(zone),
    run: ({ input, session }) => downloadOrders(session.setOfBookId, input, session.userName),
  }),
  trade_view: action({
    permission: 'view',
    input: orderQuerySchema(zone),
    run: async ({ input, session }) => {
      const { total, rows } = await queryOrders(session.setOfBookId, input)
      return { total, root: rows.map(order => presentOrder(order, session.setOfBook)) }
    },
  }),
})
