import { jobPageAnswer, jobQuerySchema } from '#shared/jobs'
import { presentJob } from '../../serializers/job.ts'
import { listBatches } from '../../repositories/import-batches.ts'
import { defineApi } from '../../http/define-api.ts'

export default defineApi({
  summary: 'Lists the jobs, newest first',
  permission: 'view',
  input: jobQuerySchema,
  answer: jobPageAnswer,
  run: async ({ input, session }) => {
    const { total, rows } = await listBatches(session.setOfBookId, input)
    return { total, root: await Promise.all(rows.map(presentJob)) }
  },
})
