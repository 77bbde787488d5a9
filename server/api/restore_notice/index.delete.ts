import { settleRestore } from '../../services/restore-notice.ts'
import { defineApi } from '../../http/define-api.ts'

/** Takes note: the notice is not shown again. */
export default defineApi({
  summary: 'Takes note of a restore: the notice is not shown again',
  permission: 'edit',
  run: async ({ session }) => settleRestore(session.setOfBookId),
})
