import { deleteOrder } from '../../repositories/orders'
import { defineApi } from '../../utils/api'
import { NotFound } from '../../utils/errors'
import { idOf } from '../../utils/request'

export default defineApi({
  permission: 'delete',
  run: async ({ session, event, by }) => {
    if (!await deleteOrder(session.setOfBookId, idOf(event), by)) throw new NotFound('订单不存在，可能已被删除')
  },
})
