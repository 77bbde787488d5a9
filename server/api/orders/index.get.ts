import { fenToYuan } from '#shared/money'
import { downloadQuerySchema, orderQuerySchema, type OrderPage } from '#shared/orders'
import { presentOrderRow } from '../../presenters/order.ts'
import { queryOrders } from '../../repositories/order-queries.ts'
import { downloadOrders } from '../../services/download-orders.ts'
import { action, defineActions } from '../../utils/api.ts'
import { useConfig } from '../../utils/config.ts'

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
    run: async ({ input, session }): Promise<OrderPage> => {
      const { total, amount, rows } = await queryOrders(session.setOfBookId, input)
      return { total, amount: fenToYuan(amount), root: rows.map((order) => presentOrderRow(order, session.setOfBook)) }
    },
  }),
})
