import { deleteOrder } from '../../repositories/orders.ts'
import { defineApi } from '../../utils/api.ts'
import { NotFound } from '../../utils/errors.ts'
import { idOf } from '../../utils/request.ts'

export default defineApi({
  permission: 'delete',
  run: async ({ session, event, by }) => {
    if (!(await deleteOrder(session.setOfBookId, idOf(event), by))) throw new NotFound('订单不存在，可能已被删除')
  },
})
