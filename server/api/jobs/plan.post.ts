import { jobPlanAnswer, jobSchema } from '#shared/jobs'
import { readsAll } from '../../repositories/order-queries.ts'
import { planJob } from '../../services/start-job.ts'
import { defineApi } from '../../http/define-api.ts'
import { jobPermissions } from '../../http/job-permissions.ts'
import { useConfig } from '../../config.ts'

export default defineApi({
  summary: 'Tells what a job would do, and changes nothing',
  permission: jobPermissions,
  input: jobSchema(useConfig().zone),
  answer: jobPlanAnswer,
  errors: ['400 batch_too_large', '404 batch_orders_missing'],
  place: ({ filter }) => (filter && readsAll(filter) ? 'search' : undefined),
  run: ({ input, session }) => planJob(session, input),
})
