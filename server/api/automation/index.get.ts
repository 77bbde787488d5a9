import { automationAnswer } from '#shared/automation'
import { defineApi } from '../../http/define-api.ts'
import { viewAutomation } from '../../http/view-automation.ts'

export default defineApi({
  summary: 'Shows what runs by itself, and why it does not',
  permission: 'view',
  answer: automationAnswer,
  run: ({ session }) => viewAutomation(session.setOfBookId),
})
