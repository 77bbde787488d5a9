import { channelPageAnswer } from '#shared/alerts'
import { z } from 'zod'
import { pagingFields } from '#shared/fields'
import { presentChannel } from '../../serializers/alerts.ts'
import { listChannels } from '../../repositories/alert-channels.ts'
import { defineApi } from '../../http/define-api.ts'

export default defineApi({
  summary: 'Lists the channels of alerts',
  permission: 'edit',
  input: z.object(pagingFields),
  answer: channelPageAnswer,
  run: async ({ input, session }) => {
    const { total, rows } = await listChannels(session.setOfBookId, input)
    return { total, root: rows.map(presentChannel) }
  },
})
