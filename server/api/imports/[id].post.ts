import { z } from 'zod'
import { textField } from '#shared/fields'
import { recordAudit } from '../../repositories/audit'
import { cancelBatch, retryBatch } from '../../repositories/import-batches'
import { wakeImportQueue } from '../../services/import-queue'
import { action, defineActions } from '../../utils/api'
import { NotFound } from '../../utils/errors'
import { idOf } from '../../utils/request'

function found(count: number | undefined) {
  if (count === undefined) throw new NotFound('没有这个导入批次，请检查地址')
  return { count }
}

export default defineActions({
  retry: action({
    permission: 'create',
    input: z.object({ reason: textField(1, 1000).optional() }),
    run: async ({ input, session, event, by }) => {
      const count = await retryBatch(session.setOfBookId, idOf(event), input.reason, session.userName, session.id, Date.now())
      wakeImportQueue()
      if (count) await recordAudit(by, 'batch_retried', { id: idOf(event), after: { count } })
      return found(count)
    },
  }),
  cancel: action({
    permission: 'create',
    run: async ({ session, event, by }) => {
      const count = await cancelBatch(session.setOfBookId, idOf(event), session.userName)
      if (count) await recordAudit(by, 'batch_cancelled', { id: idOf(event), after: { count } })
      return found(count)
    },
  }),
})
