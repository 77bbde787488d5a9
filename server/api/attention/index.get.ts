import { attentionPageAnswer, attentionQuerySchema } from '#shared/attention'
import { isPermitted } from '#shared/permissions'
import { viewAttention } from '../../services/attention/view.ts'
import { defineApi } from '../../http/define-api.ts'

export default defineApi({
  summary: 'Lists what needs a person, the gravest and then the oldest first',
  permission: 'view',
  input: attentionQuerySchema,
  answer: attentionPageAnswer,
  run: ({ input, session }) => viewAttention(session.setOfBookId, input, isPermitted(session.accessLevel, 'edit')),
})
