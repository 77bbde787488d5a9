import { devicePatchSchema } from '#shared/devices'
import { presentDevice } from '../../presenters/device'
import { updateDevice } from '../../repositories/devices'
import { defineApi } from '../../utils/api'
import { NotFound } from '../../utils/errors'
import { idOf } from '../../utils/request'

export default defineApi({
  permission: 'edit',
  input: devicePatchSchema,
  run: async ({ input, session, event, by }) => {
    const device = await updateDevice(session.setOfBookId, idOf(event), input, by, Date.now())
    if (!device) throw new NotFound('没有这个货柜，可能已被删除')
    return presentDevice(device, session.setOfBook)
  },
})
