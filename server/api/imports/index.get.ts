import { z } from 'zod'
import { pagingFields } from '#shared/fields'
import { presentBatch } from '../../presenters/import-batch.ts'
import { listBatches } from '../../repositories/import-batches.ts'
import { defineApi } from '../../utils/api.ts'

export default defineApi({
  permission: 'view',
  input: z.object(pagingFields),
  run: async ({ input, session }) => {
    const { total, rows } = await listBatches(session.setOfBookId, input)
    return { total, root: rows.map(presentBatch) }
  },
})
