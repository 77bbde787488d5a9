import { orderViewDefaultSchema } from '#shared/order-views'
import { openWith } from '../../services/order-views.ts'
import { defineApi } from '../../http/define-api.ts'

export default defineApi({
  summary: 'Chooses which view one’s own order list opens with',
  permission: 'view',
  input: orderViewDefaultSchema,
  errors: ['404 view_not_found'],
  run: ({ input, session }) => openWith(session, input.view),
})
