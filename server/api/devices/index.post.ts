import { deviceSchema } from '#shared/devices'
import { presentDevice } from '../../presenters/device'
import { createDevice } from '../../repositories/devices'
import { defineApi } from '../../utils/api'

export default defineApi({
  permission: 'create',
  input: deviceSchema,
  run: async ({ input, session, by }) => presentDevice(await createDevice(session.setOfBookId, input, by, Date.now()), session.setOfBook),
})
