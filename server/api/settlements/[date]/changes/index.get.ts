import { changePageAnswer } from '#shared/settlement-answers'
import { changesQuerySchema } from '#shared/settlements'
import { presentChange } from '../../../../serializers/settlement.ts'
import { listChanges } from '../../../../repositories/settlement-changes.ts'
import { defineApi } from '../../../../http/define-api.ts'
import { dateOf } from '../../../../http/request.ts'

export default defineApi({
  summary: 'Lists what changed in a closed day, newest first',
  permission: 'view',
  input: changesQuerySchema,
  answer: changePageAnswer,
  run: async ({ input, session, event }) => {
    const { total, rows } = await listChanges(session.setOfBookId, dateOf(event), input)
    return { total, root: rows.map(presentChange) }
  },
})
