import { failurePageAnswer, failuresQuerySchema } from '#shared/import-failures'
import { fenToYuan } from '#shared/money'
import { presentFailureGroup } from '../../serializers/import-failures.ts'
import { listFailures } from '../../services/import-failures.ts'
import { defineApi } from '../../http/define-api.ts'

export default defineApi({
  summary: 'Lists the failed imports by reason, those with the most orders first',
  permission: 'view',
  input: failuresQuerySchema,
  answer: failurePageAnswer,
  run: async ({ input, session, client }) => {
    const { total, orders, amount, rows } = await listFailures(session.setOfBookId, input, client)
    return { total, orders, amount: fenToYuan(amount), root: rows.map(presentFailureGroup) }
  },
})
