import { changesAcceptedAnswer } from '#shared/settlement-answers'
import { noteSchema } from '#shared/settlements'
import { acceptChanges } from '../../../../repositories/settlement-changes.ts'
import { defineApi } from '../../../../http/define-api.ts'
import { dateOf } from '../../../../http/request.ts'

export default defineApi({
  summary: 'Accepts what changed in a closed day',
  permission: 'edit',
  input: noteSchema,
  answer: changesAcceptedAnswer,
  run: async ({ input, session, event, by }) => ({
    accepted: await acceptChanges(session.setOfBookId, dateOf(event), input.note, by, Date.now()),
  }),
})
