import { z } from 'zod'
import { pagingFields } from '#shared/fields'
import type { RejectedMessage } from '#shared/rejected-messages'
import { formatTime } from '#shared/time'
import { listRejectedMessages } from '../../repositories/rejected-messages.ts'
import { defineApi } from '../../utils/api.ts'
import { useConfig } from '../../utils/config.ts'

export default defineApi({
  permission: 'view',
  input: z.object(pagingFields),
  run: async ({ input, session }) => {
    const { total, rows } = await listRejectedMessages(session.setOfBookId, input)
    const root = rows.map(({ id, receivedAt, source, body, truncated, reason }): RejectedMessage => ({
      id,
      received_at: formatTime(receivedAt, useConfig().zone),
      source,
      body,
      truncated,
      reason,
    }))
    return { total, root }
  },
})
