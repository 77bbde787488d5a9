import { deviceDetailAnswer } from '#shared/devices'
import { presentDevice, presentVersion } from '../../serializers/device.ts'
import { listDeviceVersions } from '../../repositories/device-versions.ts'
import { getDevice } from '../../repositories/devices.ts'
import { presentSilence, readQuietCabinets } from '../../services/cabinet-silence.ts'
import { defineApi } from '../../http/define-api.ts'
import { NotFound } from '../../errors.ts'
import { idOf } from '../../http/request.ts'

export default defineApi({
  summary: 'Shows a cabinet: its configuration, what it has had, and how long it has been quiet',
  permission: 'view',
  answer: deviceDetailAnswer,
  errors: ['404 device_not_found'],
  run: async ({ session, event }) => {
    const device = await getDevice(session.setOfBookId, idOf(event))
    if (!device) throw new NotFound('没有这个货柜，可能已被删除', { code: 'device_not_found' })
    const quiet = await readQuietCabinets(session.setOfBookId, Date.now())
    return {
      ...presentDevice(device, session.setOfBook),
      ...presentSilence(quiet.get(device.devId)),
      versions: (await listDeviceVersions(device.id)).map(presentVersion),
    }
  },
})
