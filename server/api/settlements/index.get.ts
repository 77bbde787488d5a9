import { settlementPageAnswer } from '#shared/settlement-answers'
import { settlementQuerySchema } from '#shared/settlements'
import { presentSettlement } from '../../serializers/settlement.ts'
import { viewDays } from '../../repositories/settlements.ts'
import { daysBetween } from '../../services/settlement-days.ts'
import { defineApi } from '../../http/define-api.ts'
import { useConfig } from '../../config.ts'

export default defineApi({
  summary: 'Lists the days, newest first',
  permission: 'view',
  input: settlementQuerySchema(useConfig().zone),
  answer: settlementPageAnswer,
  run: async ({ input: { start, limit, ...range }, session }) => {
    const days = daysBetween(range)
    const page = await viewDays(session.setOfBookId, days.slice(start, start + limit))
    return { total: days.length, root: page.map(presentSettlement) }
  },
})
