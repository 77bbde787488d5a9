import { deleteDevice } from '../../repositories/devices.ts'
import { defineApi } from '../../http/define-api.ts'
import { NotFound } from '../../errors.ts'
import { idOf } from '../../http/request.ts'

export default defineApi({
  summary: 'Deletes a cabinet’s configuration; its orders stay',
  permission: 'delete',
  errors: ['404 device_not_found'],
  run: async ({ session, event, by }) => {
    if (!(await deleteDevice(session.setOfBookId, idOf(event), by)))
      throw new NotFound('没有这个货柜，可能已被删除', { code: 'device_not_found' })
  },
})
