import { deleteChannel } from '../../repositories/alert-channels.ts'
import { defineApi } from '../../http/define-api.ts'
import { NotFound } from '../../errors.ts'
import { idOf } from '../../http/request.ts'

export default defineApi({
  summary: 'Deletes a channel',
  permission: 'edit',
  errors: ['404 channel_not_found'],
  run: async ({ session, event, by }) => {
    if (!(await deleteChannel(session.setOfBookId, idOf(event), by, Date.now())))
      throw new NotFound('没有这个通知渠道，可能已被删除', { code: 'channel_not_found' })
  },
})
