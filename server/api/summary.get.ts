import { summaryQuerySchema } from '#shared/summary'
import { summarize } from '../services/summarize.ts'
import { defineApi } from '../utils/api.ts'
import { useConfig } from '../utils/config.ts'

export default defineApi({
  permission: 'view',
  input: summaryQuerySchema,
  run: ({ input, session }) => summarize(session.setOfBookId, input.days, Date.now(), useConfig().zone),
})
