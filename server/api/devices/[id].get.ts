import { presentDevice } from '../../presenters/device.ts'
import { getDevice } from '../../repositories/devices.ts'
import { defineApi } from '../../utils/api.ts'
import { NotFound } from '../../utils/errors.ts'
import { idOf } from '../../utils/request.ts'

export default defineApi({
  permission: 'view',
  run: async ({ session, event }) => {
    const device = await getDevice(session.setOfBookId, idOf(event))
    if (!device) throw new NotFound('没有这个货柜，可能已被删除')
    return presentDevice(device, session.setOfBook)
  },
})
