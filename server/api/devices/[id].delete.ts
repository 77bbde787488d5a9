import { deleteDevice } from '../../repositories/devices'
import { defineApi } from '../../utils/api'
import { NotFound } from '../../utils/errors'
import { idOf } from '../../utils/request'

export default defineApi({
  permission: 'delete',
  run: async ({ session, event, by }) => {
    if (!await deleteDevice(session.setOfBookId, idOf(event), by)) throw new NotFound('没有这个货柜，可能已被删除')
  },
})
