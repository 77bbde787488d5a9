import { deviceSchema } from '#shared/devices'
import { presentDevice } from '../../presenters/device.ts'
import { createDevice } from '../../repositories/devices.ts'
import { defineApi } from '../../utils/api.ts'

export default defineApi({
  permission: 'create',
  input: deviceSchema,
  run: async ({ input, session, by }) =>
    presentDevice(await createDevice(session.setOfBookId, input, by, Date.now()), session.setOfBook),
})
