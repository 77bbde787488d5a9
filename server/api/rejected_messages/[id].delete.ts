import { deleteRejectedMessage } from '../../repositories/rejected-messages.ts'
import { defineApi } from '../../utils/api.ts'
import { NotFound } from '../../utils/errors.ts'
import { idOf } from '../../utils/request.ts'

export default defineApi({
  permission: 'delete',
  run: async ({ session, event, by }) => {
    if (!(await deleteRejectedMessage(session.setOfBookId, idOf(event), by)))
      throw new NotFound('没有这条消息，可能已经处理过')
  },
})
