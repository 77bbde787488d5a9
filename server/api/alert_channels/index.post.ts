import { channelAnswer, channelSchema } from '#shared/alerts'
import { presentChannel } from '../../serializers/alerts.ts'
import { addChannel } from '../../services/alerts/channels.ts'
import { defineApi } from '../../http/define-api.ts'

export default defineApi({
  summary: 'Adds a channel of alerts',
  permission: 'edit',
  input: channelSchema,
  answer: channelAnswer,
  errors: ['422 smtp_missing'],
  run: async ({ input, session, by }) =>
    presentChannel(await addChannel(input, { id: session.setOfBookId, name: session.setOfBook }, by)),
})
