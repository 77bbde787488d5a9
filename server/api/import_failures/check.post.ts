import { failuresCheckAnswer, failuresCheckSchema } from '#shared/import-failures'
import { checkFailures } from '../../services/import-failures.ts'
import { defineApi } from '../../http/define-api.ts'

export default defineApi({
  summary: 'Tells which reasons of failed imports are gone, as C8 and the settings are now',
  permission: 'create',
  input: failuresCheckSchema,
  answer: failuresCheckAnswer,
  run: async ({ input, session, client }) => {
    const { gone, unchecked } = await checkFailures(session, input, client)
    return { gone: gone.map(({ code, params }) => ({ code, params })), unchecked }
  },
})
