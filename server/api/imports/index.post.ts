import { batchSchema } from '#shared/imports'
import { createBatch } from '../../repositories/import-batches.ts'
import { wakeImportQueue } from '../../services/import-queue.ts'
import { defineApi } from '../../utils/api.ts'
import { useConfig } from '../../utils/config.ts'

export default defineApi({
  permission: 'create',
  input: batchSchema(useConfig().zone),
  run: async ({ input: { ids, filter }, session, by }) => {
    const batch = await createBatch(
      session.setOfBookId,
      ids ? { ids } : { filter: filter! },
      by,
      session.id,
      Date.now(),
    )
    wakeImportQueue()
    return batch
  },
})
