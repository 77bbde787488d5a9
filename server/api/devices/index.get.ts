import { deviceQuerySchema } from '#shared/devices'
import { presentDevice } from '../../presenters/device.ts'
import { listDevices } from '../../repositories/devices.ts'
import { defineApi } from '../../utils/api.ts'

export default defineApi({
  permission: 'view',
  input: deviceQuerySchema,
  run: async ({ input, session }) => {
    const { total, rows } = await listDevices(session.setOfBookId, input)
    return { total, root: rows.map((device) => presentDevice(device, session.setOfBook)) }
  },
})
