import { rejectedMessageTextAnswer } from '#shared/rejected-messages'
import { presentRejectedMessage } from '../../serializers/rejected-message.ts'
import { viewMessage } from '../../services/receive-order.ts'
import { defineApi } from '../../http/define-api.ts'
import { idOf } from '../../http/request.ts'

export default defineApi({
  summary: 'Shows a kept message with its text',
  permission: 'view',
  answer: rejectedMessageTextAnswer,
  errors: ['404 message_not_found'],
  run: async ({ session, event }) => {
    const message = await viewMessage(session.setOfBookId, idOf(event))
    return { ...presentRejectedMessage(message), body: message.body }
  },
})
