import { flagField } from '#shared/fields'
import { orderViewAnswer, orderViewSchema } from '#shared/order-views'
import { createView } from '../../repositories/order-views.ts'
import { presentView, viewerOf } from '../../services/order-views.ts'
import { defineApi } from '../../http/define-api.ts'
import { useConfig } from '../../config.ts'

export default defineApi({
  summary: 'Saves a view of the order list, for oneself or for the whole account set',
  permission: ({ shared }) => [flagField().safeParse(shared).data ? 'edit' : 'view'],
  input: orderViewSchema(useConfig().zone),
  answer: orderViewAnswer,
  errors: ['409 view_exists', '409 views_full'],
  run: async ({ input, session, by }) => {
    const viewer = viewerOf(session)
    return presentView(await createView(viewer, input, by), viewer)
  },
})
