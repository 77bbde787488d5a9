import { defineApi } from '../../utils/api.ts'
import { viewAutomation } from '../../utils/automation-view.ts'

export default defineApi({
  permission: 'view',
  run: ({ session }) => viewAutomation(session.setOfBookId),
})
