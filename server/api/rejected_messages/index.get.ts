import { z } from 'zod'
import { rejectedMessagePageAnswer } from '#shared/rejected-messages'
import { pagingFields } from '#shared/fields'
import { formatTime } from '#shared/time'
import { presentRejectedMessage } from '../../serializers/rejected-message.ts'
import { listRejectedMessages } from '../../repositories/rejected-messages.ts'
import { defineApi } from '../../http/define-api.ts'
import { useConfig } from '../../config.ts'

export default defineApi({
  summary: 'Lists the messages of goBox that were refused and kept',
  permission: 'view',
  input: z.object(pagingFields),
  answer: rejectedMessagePageAnswer,
  run: async ({ input, session }) => {
    const { total, pushedOut, lastPushedOutAt, rows } = await listRejectedMessages(session.setOfBookId, input)
    return {
      total,
      pushed_out: pushedOut,
      last_pushed_out_at: lastPushedOutAt === null ? null : formatTime(lastPushedOutAt, useConfig().zone),
      root: rows.map(presentRejectedMessage),
    }
  },
})
