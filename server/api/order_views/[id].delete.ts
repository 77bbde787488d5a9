import { deleteView } from '../../repositories/order-views.ts'
import { viewerOf, viewNotFound } from '../../services/order-views.ts'
import { defineApi } from '../../http/define-api.ts'
import { idOf } from '../../http/request.ts'

export default defineApi({
  summary: 'Deletes a view: one’s own, or, with the edit bit, one that is shared',
  permission: 'view',
  errors: ['404 view_not_found'],
  run: async ({ session, event, by }) => {
    if (!(await deleteView(viewerOf(session), idOf(event), by))) throw viewNotFound()
  },
})
