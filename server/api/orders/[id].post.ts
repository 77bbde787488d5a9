import { orderAnswer } from '#shared/order-answers'
import { refundSchema } from '#shared/orders'
import { presentOrder } from '../../serializers/order.ts'
import { saveRefund } from '../../repositories/refunds.ts'
import { action, defineActions } from '../../http/define-api.ts'
import { orderActions } from '../../http/order-actions.ts'
import { idOf } from '../../http/request.ts'

/** What was done about a refund (docs/api.md, Refunds). */
const refundAction = action({
  summary: 'Notes what was done about the order’s refund, or takes that back',
  permission: 'edit',
  input: refundSchema,
  answer: orderAnswer,
  errors: ['404 order_not_found', '422 refund_not_open'],
  run: async ({ input, session, event, by }) => {
    const order = await saveRefund(session.setOfBookId, idOf(event), input.note, by, Date.now())
    return presentOrder(order, session.setOfBook)
  },
})

export default defineActions({ ...orderActions, handle_refund: refundAction })
