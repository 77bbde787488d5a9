import { snoozeSchema } from '#shared/attention'
import { snooze } from '../../services/attention/snooze.ts'
import { defineApi } from '../../http/define-api.ts'
import { useConfig } from '../../config.ts'

export default defineApi({
  summary: 'Takes an item off the list until then, for the whole account set',
  permission: 'edit',
  input: snoozeSchema(useConfig().zone),
  errors: ['404 attention_not_found'],
  run: ({ input, session, by }) => snooze(input, { ...by, setOfBookId: session.setOfBookId }),
})
