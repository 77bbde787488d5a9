import type { ImportFailure } from '#shared/imports'
import { presentBatch } from '../../presenters/import-batch.ts'
import { getBatch } from '../../repositories/import-batches.ts'
import { defineApi } from '../../utils/api.ts'
import { NotFound } from '../../utils/errors.ts'
import { idOf } from '../../utils/request.ts'

export default defineApi({
  permission: 'view',
  run: async ({ session, event }) => {
    const batch = await getBatch(session.setOfBookId, idOf(event))
    if (!batch) throw new NotFound('没有这个导入批次，请检查地址')
    const failures = batch.failures.map(({ orderId, transId, reason }): ImportFailure => ({
      order_id: orderId,
      trans_id: transId,
      errmsg: reason!,
    }))
    return { ...presentBatch(batch), failures }
  },
})
