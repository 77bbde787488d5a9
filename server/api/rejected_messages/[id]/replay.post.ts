import { mendedMessageSchema } from '#shared/rejected-messages'
import { replayMessage } from '../../../services/receive-order.ts'
import { defineApi } from '../../../http/define-api.ts'
import { idOf } from '../../../http/request.ts'

export default defineApi({
  summary: 'Takes a kept message in again, after what was wrong has been mended',
  permission: 'create',
  input: mendedMessageSchema,
  errors: ['400 invalid', '400 invalid_input', '400 text_unstorable', '404 message_not_found', '409 message_truncated'],
  run: ({ input, session, event, by }) => replayMessage(session.setOfBookId, idOf(event), by, input.body),
})
