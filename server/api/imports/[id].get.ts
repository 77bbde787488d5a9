import type { ImportFailure } from '#shared/imports'
import { presentBatch } from '../../presenters/import-batch'
import { getBatch } from '../../repositories/import-batches'
import { defineApi } from '../../utils/api'
import { NotFound } from '../../utils/errors'
import { idOf } from '../../utils/request'

export default defineApi({
  permission: 'view',
  run: async ({ session, event }) => {
    const batch = await getBatch(session.setOfBookId, idOf(event))
    if (!batch) throw new NotFound('没有这个导入批次，请检查地址')
    const failures = batch.failures.map(({ orderId, transId, reason }): ImportFailure => ({ order_id: orderId, trans_id: transId, errmsg: reason! }))
    return { ...presentBatch(batch), failures }
  },
})
