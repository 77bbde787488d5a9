import { deviceSchema } from '#shared/devices'
import { presentDevice } from '../../presenters/device'
import { createDevice } from '../../repositories/devices'
import { defineApi } from '../../utils/api'

export default defineApi({
  permission: 'create',
  input: deviceSchema,
  run: async ({ input, session }) => presentDevice(await createDevice(session.setOfBookId, input, session.userName, Date.now()), session.setOfBook),
})
