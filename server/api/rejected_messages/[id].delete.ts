import { deleteRejectedMessage } from '../../repositories/rejected-messages.ts'
import { defineApi } from '../../http/define-api.ts'
import { NotFound } from '../../errors.ts'
import { idOf } from '../../http/request.ts'

export default defineApi({
  summary: 'Deletes a kept message',
  permission: 'delete',
  errors: ['404 message_not_found'],
  run: async ({ session, event, by }) => {
    if (!(await deleteRejectedMessage(session.setOfBookId, idOf(event), by)))
      throw new NotFound('没有这条消息，可能已经处理过', { code: 'message_not_found' })
  },
})
