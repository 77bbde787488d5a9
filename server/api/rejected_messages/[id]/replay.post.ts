import { replayMessage } from '../../../services/receive-order.ts'
import { defineApi } from '../../../utils/api.ts'
import { idOf } from '../../../utils/request.ts'

export default defineApi({
  permission: 'create',
  run: ({ session, event, by }) => replayMessage(session.setOfBookId, idOf(event), by),
})
