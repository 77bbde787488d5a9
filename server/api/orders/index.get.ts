import { downloadAnswer, orderPageAnswer } from '#shared/order-answers'
import { downloadQuerySchema, orderQuerySchema } from '#shared/orders'
import { presentOrderRows, presentTotals } from '../../serializers/order.ts'
import { queryOrders, readsAll } from '../../repositories/order-queries.ts'
import { downloadOrders } from '../../services/download-orders.ts'
import { action, defineActions } from '../../http/define-api.ts'
import { GOBOX_FAILURES } from '../../http/describe-route.ts'
import { useConfig } from '../../config.ts'

const { zone } = useConfig()

export default defineActions({
  get_orders: action({
    summary: 'Downloads one page of orders from goBox and stores it',
    permission: 'create',
    input: downloadQuerySchema(zone),
    answer: downloadAnswer,
    errors: ['404 set_of_book_not_found', '422 credentials_missing', '502 gobox_pages_endless', ...GOBOX_FAILURES],
    run: ({ input, session, client }) => downloadOrders(session.setOfBookId, input, session.userName, client),
  }),
  trade_view: action({
    summary: 'Lists orders by a filter',
    permission: 'view',
    input: orderQuerySchema(zone),
    answer: orderPageAnswer,
    // What no index is sorted by: it reads through all orders.
    place: (query) => (readsAll(query) ? 'search' : undefined),
    run: async ({ input, session, client }) => {
      const { rows, ...totals } = await queryOrders(session.setOfBookId, input, client)
      return { ...presentTotals(totals), root: presentOrderRows(rows, session.setOfBook) }
    },
  }),
})
