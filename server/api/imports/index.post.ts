import { newBatchAnswer, batchSchema } from '#shared/imports'
import { readsAll } from '../../repositories/order-queries.ts'
import { startJob } from '../../services/start-job.ts'
import { defineApi } from '../../http/define-api.ts'
import { useConfig } from '../../config.ts'

export default defineApi({
  summary: 'Queues orders for import as a batch',
  permission: 'create',
  input: batchSchema(useConfig().zone),
  answer: newBatchAnswer,
  errors: ['400 batch_too_large', '404 batch_orders_missing', '429 too_many_jobs'],
  place: ({ filter }) => (filter && readsAll(filter) ? 'search' : undefined),
  run: ({ input, session, by }) => startJob(session, { kind: 'import', ...input }, by),
})
