import { jobDetailAnswer } from '#shared/jobs'
import { presentJobDetail } from '../../serializers/job.ts'
import { getBatch } from '../../repositories/import-batches.ts'
import { defineApi } from '../../http/define-api.ts'
import { NotFound } from '../../errors.ts'
import { idOf } from '../../http/request.ts'

export default defineApi({
  summary: 'Shows a job with what failed in it',
  permission: 'view',
  answer: jobDetailAnswer,
  errors: ['404 job_not_found'],
  run: async ({ session, event }) => {
    const job = await getBatch(session.setOfBookId, idOf(event))
    if (!job) throw new NotFound('没有这个任务，请检查地址', { code: 'job_not_found' })
    return presentJobDetail(job)
  },
})
