import { jobAnswer } from '#shared/jobs'
import { presentJob } from '../../../serializers/job.ts'
import { getBatchProgress } from '../../../repositories/import-batches.ts'
import { defineEventStream } from '../../../http/define-event-stream.ts'
import { NotFound } from '../../../errors.ts'
import { idOf } from '../../../http/request.ts'

/**
 * A job's progress as server-sent events, each as GET shows it without the failures; the stream ends with the job, or
 * with the session.
 */
export default defineEventStream({
  summary: 'Tells a job’s progress until it has ended, as server-sent events',
  permission: 'view',
  answer: jobAnswer,
  errors: ['404 job_not_found'],
  find: async ({ setOfBookId }, event) => {
    const id = idOf(event)
    if (!(await getBatchProgress(setOfBookId, id)))
      throw new NotFound('没有这个任务，请检查地址', { code: 'job_not_found' })
    return {
      name: `job ${id}`,
      read: async () => {
        const job = await getBatchProgress(setOfBookId, id)
        return job && { data: await presentJob(job), goesOn: job.pending > 0 }
      },
    }
  },
})
