import { orderViewAnswer, orderViewPatchSchema } from '#shared/order-views'
import { updateView } from '../../repositories/order-views.ts'
import { presentView, viewerOf, viewNotFound } from '../../services/order-views.ts'
import { defineApi } from '../../http/define-api.ts'
import { idOf } from '../../http/request.ts'
import { useConfig } from '../../config.ts'

export default defineApi({
  summary: 'Changes any of a view’s fields: one’s own, or, with the edit bit, one that is shared',
  permission: 'view',
  input: orderViewPatchSchema(useConfig().zone),
  answer: orderViewAnswer,
  errors: ['404 view_not_found', '409 view_exists', '409 views_full'],
  run: async ({ input, session, event, by }) => {
    const viewer = viewerOf(session)
    const view = await updateView(viewer, idOf(event), input, by)
    if (!view) throw viewNotFound()
    return presentView(view, viewer)
  },
})
