import { deleteRejectedMessage } from '../../repositories/rejected-messages'
import { defineApi } from '../../utils/api'
import { NotFound } from '../../utils/errors'
import { idOf } from '../../utils/request'

export default defineApi({
  permission: 'delete',
  run: async ({ session, event, by }) => {
    if (!await deleteRejectedMessage(session.setOfBookId, idOf(event), by)) throw new NotFound('没有这条消息，可能已经处理过')
  },
})
