import { summaryAnswer, summaryQuerySchema } from '#shared/summary'
import { summarize } from '../services/summarize.ts'
import { defineApi } from '../http/define-api.ts'
import { useConfig } from '../config.ts'

export default defineApi({
  summary: 'Shows the overview’s figures',
  permission: 'view',
  input: summaryQuerySchema,
  answer: summaryAnswer,
  run: ({ input, session }) => summarize(session.setOfBookId, input.days, Date.now(), useConfig().zone),
})
