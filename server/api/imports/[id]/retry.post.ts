import { z } from 'zod'
import { textField } from '#shared/fields'
import { retryBatch } from '../../../repositories/import-batches'
import { wakeImportQueue } from '../../../services/import-queue'
import { defineApi } from '../../../utils/api'
import { NotFound } from '../../../utils/errors'
import { idOf } from '../../../utils/request'

export default defineApi({
  permission: 'create',
  input: z.object({ reason: textField(1, 1000).optional() }),
  run: async ({ input, session, event, by }) => {
    const count = await retryBatch(session.setOfBookId, idOf(event), input.reason, by, session.id, Date.now())
    if (count === undefined) throw new NotFound('没有这个导入批次，请检查地址')
    wakeImportQueue()
    return { count }
  },
})
