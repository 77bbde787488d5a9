import { deleteOrder } from '../../repositories/orders.ts'
import { defineApi } from '../../http/define-api.ts'
import { NotFound } from '../../errors.ts'
import { idOf } from '../../http/request.ts'

export default defineApi({
  summary: 'Deletes an order that is not imported',
  permission: 'delete',
  errors: [
    '404 order_not_found',
    '409 day_closed',
    '409 delete_imported',
    '409 delete_while_importing',
    '409 delete_while_awaiting_c8',
  ],
  run: async ({ session, event, by }) => {
    if (!(await deleteOrder(session.setOfBookId, idOf(event), by)))
      throw new NotFound('订单不存在，可能已被删除', { code: 'order_not_found' })
  },
})
