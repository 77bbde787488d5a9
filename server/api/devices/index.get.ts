import { devicePageAnswer, deviceQuerySchema } from '#shared/devices'
import { presentDevice } from '../../serializers/device.ts'
import { presentSilence, readQuietCabinets } from '../../services/cabinet-silence.ts'
import { listDevices } from '../../repositories/devices.ts'
import { defineApi } from '../../http/define-api.ts'

export default defineApi({
  summary: 'Lists the cabinets, newest first',
  permission: 'view',
  input: deviceQuerySchema,
  answer: devicePageAnswer,
  run: async ({ input, session }) => {
    const { total, rows } = await listDevices(session.setOfBookId, input)
    const quiet = await readQuietCabinets(session.setOfBookId, Date.now())
    return {
      total,
      root: rows.map((device) => ({
        ...presentDevice(device, session.setOfBook),
        ...presentSilence(quiet.get(device.devId)),
      })),
    }
  },
})
