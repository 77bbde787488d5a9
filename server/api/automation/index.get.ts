import { defineApi } from '../../utils/api'
import { viewAutomation } from '../../utils/automation-view'

export default defineApi({
  permission: 'view',
  run: ({ session }) => viewAutomation(session.setOfBookId),
})
