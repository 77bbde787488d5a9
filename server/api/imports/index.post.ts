import { batchSchema } from '#shared/imports'
import { recordAudit } from '../../repositories/audit'
import { createBatch } from '../../repositories/import-batches'
import { wakeImportQueue } from '../../services/import-queue'
import { defineApi } from '../../utils/api'
import { useConfig } from '../../utils/config'

export default defineApi({
  permission: 'create',
  input: batchSchema(useConfig().zone),
  run: async ({ input: { ids, filter }, session, by }) => {
    const batch = await createBatch(session.setOfBookId, ids ? { ids } : { filter: filter! }, session.userName, session.id, Date.now())
    await recordAudit(by, 'batch_started', { id: batch.id, after: { total: batch.total } })
    wakeImportQueue()
    return batch
  },
})
