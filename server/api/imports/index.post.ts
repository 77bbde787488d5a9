import { batchSchema } from '#shared/imports'
import { createBatch } from '../../repositories/import-batches'
import { wakeImportQueue } from '../../services/import-queue'
import { defineApi } from '../../utils/api'
import { useConfig } from '../../utils/config'

export default defineApi({
  permission: 'create',
  input: batchSchema(useConfig().zone),
  run: async ({ input: { ids, filter }, session, by }) => {
    const batch = await createBatch(session.setOfBookId, ids ? { ids } : { filter: filter! }, by, session.id, Date.now())
    wakeImportQueue()
    return batch
  },
})
