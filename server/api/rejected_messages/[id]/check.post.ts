import { mendedMessageSchema, messageProblemsAnswer } from '#shared/rejected-messages'
import { checkMessage } from '../../../services/receive-order.ts'
import { defineApi } from '../../../http/define-api.ts'
import { idOf } from '../../../http/request.ts'

export default defineApi({
  summary: 'Tells all that is wrong with a kept message, or with a text in its place, and stores nothing',
  permission: 'create',
  input: mendedMessageSchema,
  answer: messageProblemsAnswer,
  errors: ['404 message_not_found'],
  run: async ({ input, session, event }) => {
    const problems = await checkMessage(session.setOfBookId, idOf(event), input.body)
    return { problems: problems.map(({ message: errmsg, code, params = null }) => ({ errmsg, code, params })) }
  },
})
