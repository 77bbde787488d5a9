import { presentDevice } from '../../presenters/device'
import { getDevice } from '../../repositories/devices'
import { defineApi } from '../../utils/api'
import { NotFound } from '../../utils/errors'
import { idOf } from '../../utils/request'

export default defineApi({
  permission: 'view',
  run: async ({ session, event }) => {
    const device = await getDevice(session.setOfBookId, idOf(event))
    if (!device) throw new NotFound('没有这个货柜，可能已被删除')
    return presentDevice(device, session.setOfBook)
  },
})
