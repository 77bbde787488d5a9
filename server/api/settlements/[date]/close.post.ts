import { settlementDetailAnswer } from '#shared/settlement-answers'
import { optionalNoteSchema } from '#shared/settlements'
import { closeDay } from '../../../repositories/settlement-closings.ts'
import { dayOfDate } from '../../../services/settlement-checks.ts'
import { defineApi } from '../../../http/define-api.ts'
import { dateOf } from '../../../http/request.ts'
import { viewSettlement } from '../../../http/view-settlement.ts'

export default defineApi({
  summary: 'Closes a day',
  permission: 'edit',
  input: optionalNoteSchema,
  answer: settlementDetailAnswer,
  errors: [
    '409 day_closed',
    '409 day_not_over',
    '409 day_checking',
    '409 day_unchecked',
    '409 day_moved_on',
    '409 day_importing',
    '422 day_needs_note',
  ],
  run: async ({ input, session, event, by }) => {
    const date = dateOf(event)
    await closeDay(dayOfDate(date), input.note, by, Date.now())
    return viewSettlement(session.setOfBookId, date)
  },
})
