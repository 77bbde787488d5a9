import { deviceAnswer, deviceSchema } from '#shared/devices'
import { presentDevice } from '../../serializers/device.ts'
import { createDevice } from '../../repositories/devices.ts'
import { defineApi } from '../../http/define-api.ts'

export default defineApi({
  summary: 'Configures a cabinet',
  permission: 'create',
  input: deviceSchema,
  answer: deviceAnswer,
  errors: ['409 device_exists'],
  run: async ({ input, session, by }) =>
    presentDevice(await createDevice(session.setOfBookId, input, by, Date.now()), session.setOfBook),
})
