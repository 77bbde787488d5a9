import { devicePatchSchema } from '#shared/devices'
import { presentDevice } from '../../presenters/device.ts'
import { updateDevice } from '../../repositories/devices.ts'
import { defineApi } from '../../utils/api.ts'
import { NotFound } from '../../utils/errors.ts'
import { idOf } from '../../utils/request.ts'

export default defineApi({
  permission: 'edit',
  input: devicePatchSchema,
  run: async ({ input, session, event, by }) => {
    const device = await updateDevice(session.setOfBookId, idOf(event), input, by, Date.now())
    if (!device) throw new NotFound('没有这个货柜，可能已被删除')
    return presentDevice(device, session.setOfBook)
  },
})
