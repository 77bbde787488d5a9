import { batchCountAnswer } from '#shared/imports'
import { ACTION_PERMISSIONS } from '#shared/job-rules'
import { getBatchProgress } from '../../../repositories/import-batches.ts'
import { cancelJob } from '../../../services/job-queue.ts'
import { checkPermission, defineApi } from '../../../http/define-api.ts'
import { jobPermissions } from '../../../http/job-permissions.ts'
import { NotFound } from '../../../errors.ts'
import { idOf } from '../../../http/request.ts'

const notThere = () => new NotFound('没有这个任务，请检查地址', { code: 'job_not_found' })

export default defineApi({
  summary: 'Takes the orders of a job that have not begun out of it',
  permission: () => jobPermissions({}),
  answer: batchCountAnswer,
  errors: ['404 job_not_found'],
  run: async ({ session, event, by }) => {
    const job = await getBatchProgress(session.setOfBookId, idOf(event))
    if (!job) throw notThere()
    checkPermission(session, ACTION_PERMISSIONS[job.kind])
    const count = await cancelJob(session.setOfBookId, job.id, by)
    if (count === undefined) throw notThere()
    return { count }
  },
})
