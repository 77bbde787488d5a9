import { summaryQuerySchema } from '#shared/summary'
import { summarize } from '../services/summarize'
import { defineApi } from '../utils/api'
import { useConfig } from '../utils/config'

export default defineApi({
  permission: 'view',
  input: summaryQuerySchema,
  run: ({ input, session }) => summarize(session.setOfBookId, input.days, Date.now(), useConfig().zone),
})
