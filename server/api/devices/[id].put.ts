import { deviceAnswer, devicePatchSchema } from '#shared/devices'
import { dateOfTime } from '#shared/dates'
import { presentDevice } from '../../serializers/device.ts'
import { updateDevice } from '../../repositories/devices.ts'
import { defineApi } from '../../http/define-api.ts'
import { useConfig } from '../../config.ts'
import { invalidField, NotFound } from '../../errors.ts'
import { idOf } from '../../http/request.ts'

export default defineApi({
  summary: 'Changes any of a cabinet’s fields',
  permission: 'edit',
  input: devicePatchSchema,
  answer: deviceAnswer,
  errors: ['404 device_not_found', '409 device_exists'],
  run: async ({ input, session, event, by }) => {
    const today = dateOfTime(Date.now(), useConfig().zone)
    if (input.effective_from !== undefined && input.effective_from > today)
      throw invalidField('effective_from', '最晚是今天', { rule: 'not_after_today' })
    const device = await updateDevice(session.setOfBookId, idOf(event), input, by, Date.now())
    if (!device) throw new NotFound('没有这个货柜，可能已被删除', { code: 'device_not_found' })
    return presentDevice(device, session.setOfBook)
  },
})
