import { settlementDetailAnswer } from '#shared/settlement-answers'
import { noteSchema } from '#shared/settlements'
import { reopenDay } from '../../../repositories/settlement-closings.ts'
import { defineApi } from '../../../http/define-api.ts'
import { dateOf } from '../../../http/request.ts'
import { viewSettlement } from '../../../http/view-settlement.ts'

export default defineApi({
  summary: 'Opens a closed day again',
  permission: 'delete',
  input: noteSchema,
  answer: settlementDetailAnswer,
  errors: ['409 day_not_closed'],
  run: async ({ input, session, event, by }) => {
    const date = dateOf(event)
    await reopenDay(session.setOfBookId, date, input.note, by)
    return viewSettlement(session.setOfBookId, date)
  },
})
