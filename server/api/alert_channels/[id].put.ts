import { channelAnswer, channelPatchSchema } from '#shared/alerts'
import { presentChannel } from '../../serializers/alerts.ts'
import { changeChannel } from '../../services/alerts/channels.ts'
import { defineApi } from '../../http/define-api.ts'
import { idOf } from '../../http/request.ts'

export default defineApi({
  summary: 'Changes any of a channel’s fields',
  permission: 'edit',
  input: channelPatchSchema,
  answer: channelAnswer,
  errors: ['404 channel_not_found', '422 smtp_missing'],
  run: async ({ input, session, event, by }) =>
    presentChannel(await changeChannel(session.setOfBookId, idOf(event), input, by)),
})
