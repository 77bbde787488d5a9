import { replayMessage } from '../../services/receive-order'
import { action, defineActions } from '../../utils/api'
import { idOf } from '../../utils/request'

export default defineActions({
  replay: action({
    permission: 'create',
    run: ({ session, event }) => replayMessage(session.setOfBookId, idOf(event), session.userName),
  }),
})
