import { breakOffCheck } from '../../../services/settlement-checks.ts'
import { defineApi } from '../../../http/define-api.ts'
import { dateOf } from '../../../http/request.ts'

export default defineApi({
  summary: 'Breaks the check of a day off',
  permission: 'create',
  errors: ['409 check_not_running'],
  run: ({ session, event }) => breakOffCheck(session.setOfBookId, dateOf(event)),
})
