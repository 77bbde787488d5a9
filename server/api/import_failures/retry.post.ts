import { failuresRetrySchema } from '#shared/import-failures'
import { newBatchAnswer } from '#shared/imports'
import { retryFailures } from '../../services/import-failures.ts'
import { defineApi } from '../../http/define-api.ts'

export default defineApi({
  summary: 'Imports the orders again that failed for one reason, as a batch',
  permission: 'create',
  input: failuresRetrySchema,
  answer: newBatchAnswer,
  errors: ['404 failures_gone', '429 too_many_jobs'],
  run: ({ input: { code, params, reason }, session, by }) =>
    retryFailures(session, code === undefined ? { message: reason! } : { code, params }, by),
})
