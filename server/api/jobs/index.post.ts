import { newBatchAnswer } from '#shared/imports'
import { jobSchema } from '#shared/jobs'
import { readsAll } from '../../repositories/order-queries.ts'
import { startJob } from '../../services/start-job.ts'
import { defineApi } from '../../http/define-api.ts'
import { jobPermissions } from '../../http/job-permissions.ts'
import { useConfig } from '../../config.ts'

export default defineApi({
  summary: 'Starts what is to be done with many orders',
  permission: jobPermissions,
  input: jobSchema(useConfig().zone),
  answer: newBatchAnswer,
  errors: ['400 batch_too_large', '404 batch_orders_missing', '429 too_many_jobs'],
  place: ({ filter }) => (filter && readsAll(filter) ? 'search' : undefined),
  run: ({ input, session, by }) => startJob(session, input, by),
})
