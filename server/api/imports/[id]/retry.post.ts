import { z } from 'zod'
import { textField } from '#shared/fields'
import { retryBatch } from '../../../repositories/import-batches.ts'
import { wakeImportQueue } from '../../../services/import-queue.ts'
import { defineApi } from '../../../utils/api.ts'
import { NotFound } from '../../../utils/errors.ts'
import { idOf } from '../../../utils/request.ts'

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
