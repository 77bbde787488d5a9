import { batchCountAnswer } from '#shared/imports'
import { getBatchProgress } from '../../../repositories/import-batches.ts'
import { cancelJob } from '../../../services/job-queue.ts'
import { defineApi } from '../../../http/define-api.ts'
import { NotFound } from '../../../errors.ts'
import { idOf } from '../../../http/request.ts'

export default defineApi({
  summary: 'Takes the orders of a batch that still wait out of the queue',
  permission: 'create',
  answer: batchCountAnswer,
  errors: ['404 batch_not_found'],
  run: async ({ session, event, by }) => {
    const batch = await getBatchProgress(session.setOfBookId, idOf(event), 'import')
    const count = batch && (await cancelJob(session.setOfBookId, batch.id, by))
    if (count === undefined) throw new NotFound('没有这个导入批次，请检查地址', { code: 'batch_not_found' })
    return { count }
  },
})
