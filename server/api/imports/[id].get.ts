import { importBatchDetailAnswer } from '#shared/imports'
import { presentBatch } from '../../serializers/import-batch.ts'
import { presentFailures } from '../../serializers/job.ts'
import { getBatch } from '../../repositories/import-batches.ts'
import { defineApi } from '../../http/define-api.ts'
import { NotFound } from '../../errors.ts'
import { idOf } from '../../http/request.ts'

export default defineApi({
  summary: 'Shows a batch with what failed in it',
  permission: 'view',
  answer: importBatchDetailAnswer,
  errors: ['404 batch_not_found'],
  run: async ({ session, event }) => {
    const batch = await getBatch(session.setOfBookId, idOf(event), 'import')
    if (!batch) throw new NotFound('没有这个导入批次，请检查地址', { code: 'batch_not_found' })
    return { ...presentBatch(batch), failures: presentFailures(batch.failures) }
  },
})
