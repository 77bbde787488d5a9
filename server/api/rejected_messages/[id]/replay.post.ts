import { replayMessage } from '../../../services/receive-order'
import { defineApi } from '../../../utils/api'
import { idOf } from '../../../utils/request'

export default defineApi({
  permission: 'create',
  run: ({ session, event, by }) => replayMessage(session.setOfBookId, idOf(event), by),
})
