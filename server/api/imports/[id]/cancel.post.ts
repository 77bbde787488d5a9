import { cancelBatch } from '../../../repositories/import-batches'
import { defineApi } from '../../../utils/api'
import { NotFound } from '../../../utils/errors'
import { idOf } from '../../../utils/request'

export default defineApi({
  permission: 'create',
  run: async ({ session, event, by }) => {
    const count = await cancelBatch(session.setOfBookId, idOf(event), by)
    if (count === undefined) throw new NotFound('没有这个导入批次，请检查地址')
    return { count }
  },
})
