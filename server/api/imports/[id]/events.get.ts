import { importBatchAnswer } from '#shared/imports'
import { presentBatch } from '../../../serializers/import-batch.ts'
import { getBatchProgress } from '../../../repositories/import-batches.ts'
import { defineEventStream } from '../../../http/define-event-stream.ts'
import { NotFound } from '../../../errors.ts'
import { idOf } from '../../../http/request.ts'

/**
 * A batch's progress as server-sent events, each as GET shows it without the failures; the stream ends with the batch,
 * or with the session.
 */
export default defineEventStream({
  summary: 'Tells a batch’s progress until it has ended, as server-sent events',
  permission: 'view',
  answer: importBatchAnswer,
  errors: ['404 batch_not_found'],
  find: async ({ setOfBookId }, event) => {
    const id = idOf(event)
    if (!(await getBatchProgress(setOfBookId, id, 'import')))
      throw new NotFound('没有这个导入批次，请检查地址', { code: 'batch_not_found' })
    return {
      name: `batch ${id}`,
      read: async () => {
        const batch = await getBatchProgress(setOfBookId, id, 'import')
        return batch && { data: presentBatch(batch), goesOn: batch.pending > 0 }
      },
    }
  },
})
