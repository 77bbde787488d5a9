import { z } from 'zod'
import { importBatchPageAnswer } from '#shared/imports'
import { pagingFields } from '#shared/fields'
import { presentBatch } from '../../serializers/import-batch.ts'
import { listBatches } from '../../repositories/import-batches.ts'
import { defineApi } from '../../http/define-api.ts'

export default defineApi({
  summary: 'Lists the batches, newest first',
  permission: 'view',
  input: z.object(pagingFields),
  answer: importBatchPageAnswer,
  run: async ({ input, session }) => {
    const { total, rows } = await listBatches(session.setOfBookId, { ...input, kind: 'import' })
    return { total, root: rows.map(presentBatch) }
  },
})
