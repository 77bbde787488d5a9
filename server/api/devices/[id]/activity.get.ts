import { deviceActivityAnswer } from '#shared/devices'
import { getDevice } from '../../../repositories/devices.ts'
import { showActivity } from '../../../services/cabinet-activity.ts'
import { defineApi } from '../../../http/define-api.ts'
import { NotFound } from '../../../errors.ts'
import { idOf } from '../../../http/request.ts'

export default defineApi({
  summary: 'Shows what a cabinet has sold in four weeks, and when',
  permission: 'view',
  answer: deviceActivityAnswer,
  errors: ['404 device_not_found'],
  run: async ({ session, event }) => {
    const device = await getDevice(session.setOfBookId, idOf(event))
    if (!device) throw new NotFound('没有这个货柜，可能已被删除', { code: 'device_not_found' })
    return showActivity(device, Date.now())
  },
})
