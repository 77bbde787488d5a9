import { cancelBatch } from '../../../repositories/import-batches.ts'
import { defineApi } from '../../../utils/api.ts'
import { NotFound } from '../../../utils/errors.ts'
import { idOf } from '../../../utils/request.ts'

export default defineApi({
  permission: 'create',
  run: async ({ session, event, by }) => {
    const count = await cancelBatch(session.setOfBookId, idOf(event), by)
    if (count === undefined) throw new NotFound('没有这个导入批次，请检查地址')
    return { count }
  },
})
