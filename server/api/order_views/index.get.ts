import { orderViewsAnswer } from '#shared/order-views'
import { listOrderViews } from '../../services/order-views.ts'
import { defineApi } from '../../http/define-api.ts'
import { useConfig } from '../../config.ts'

export default defineApi({
  summary: 'Lists the views of the order list that a user sees, with how many orders each holds',
  permission: 'view',
  answer: orderViewsAnswer,
  run: ({ session }) => listOrderViews(session, Date.now(), useConfig().zone),
})
