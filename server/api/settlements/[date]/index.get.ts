import { settlementDetailAnswer } from '#shared/settlement-answers'
import { defineApi } from '../../../http/define-api.ts'
import { dateOf } from '../../../http/request.ts'
import { viewSettlement } from '../../../http/view-settlement.ts'

export default defineApi({
  summary: 'Shows a day with its cabinets and differences',
  permission: 'view',
  answer: settlementDetailAnswer,
  run: ({ session, event }) => viewSettlement(session.setOfBookId, dateOf(event)),
})
