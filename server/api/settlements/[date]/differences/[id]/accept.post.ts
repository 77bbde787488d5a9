import { differenceAnswer } from '#shared/settlement-answers'
import { noteSchema } from '#shared/settlements'
import { presentDifference } from '../../../../../serializers/settlement.ts'
import { acceptDifference } from '../../../../../repositories/settlement-differences.ts'
import { defineApi } from '../../../../../http/define-api.ts'
import { NotFound } from '../../../../../errors.ts'
import { dateOf, idOf } from '../../../../../http/request.ts'

export default defineApi({
  summary: 'Notes that a person has decided upon a difference',
  permission: 'edit',
  input: noteSchema,
  answer: differenceAnswer,
  errors: ['404 difference_not_found', '409 day_closed', '409 difference_settled'],
  run: async ({ input, session, event, by }) => {
    const [date, id] = [dateOf(event), idOf(event)]
    const accepted = await acceptDifference(session.setOfBookId, date, id, input.note, by, Date.now())
    if (!accepted) throw new NotFound('没有这条差异，请刷新后查看', { code: 'difference_not_found' })
    return presentDifference(accepted)
  },
})
