import { batchCountAnswer, retrySchema } from '#shared/imports'
import { retryBatch } from '../../../repositories/import-batch-retry.ts'
import { wakeImportQueue } from '../../../services/import-queue.ts'
import { defineApi } from '../../../http/define-api.ts'
import { NotFound } from '../../../errors.ts'
import { idOf } from '../../../http/request.ts'

export default defineApi({
  summary: 'Queues the failed orders of a batch again, all or those of one reason',
  permission: 'create',
  input: retrySchema,
  answer: batchCountAnswer,
  errors: ['404 batch_not_found'],
  run: async ({ input: { code, params, reason: message }, session, event, by }) => {
    const reason = code !== undefined ? { code, params } : message !== undefined ? { message } : undefined
    const count = await retryBatch(session.setOfBookId, idOf(event), reason, by, session.id, Date.now())
    if (count === undefined) throw new NotFound('没有这个导入批次，请检查地址', { code: 'batch_not_found' })
    wakeImportQueue()
    return { count }
  },
})
