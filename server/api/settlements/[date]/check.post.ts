import { checkAskedAnswer } from '#shared/settlement-answers'
import { askForCheck } from '../../../services/settlement-checks.ts'
import { defineApi } from '../../../http/define-api.ts'
import { dateOf } from '../../../http/request.ts'

export default defineApi({
  summary: 'Asks for a check of a day against goBox and C8',
  permission: 'create',
  answer: checkAskedAnswer,
  errors: ['409 day_closed', '409 day_checking', '422 day_not_begun', '422 credentials_missing'],
  run: async ({ session, event }) => {
    await askForCheck(session, dateOf(event))
    return { status: 'checking' as const }
  },
})
