import { deleteDevice } from '../../repositories/devices.ts'
import { defineApi } from '../../utils/api.ts'
import { NotFound } from '../../utils/errors.ts'
import { idOf } from '../../utils/request.ts'

export default defineApi({
  permission: 'delete',
  run: async ({ session, event, by }) => {
    if (!(await deleteDevice(session.setOfBookId, idOf(event), by))) throw new NotFound('没有这个货柜，可能已被删除')
  },
})
