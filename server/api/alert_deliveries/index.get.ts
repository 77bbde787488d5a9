import { deliveryPageAnswer } from '#shared/alerts'
import { z } from 'zod'
import { pagingFields } from '#shared/fields'
import { presentDelivery } from '../../serializers/alerts.ts'
import { listDeliveries } from '../../repositories/alert-deliveries.ts'
import { defineApi } from '../../http/define-api.ts'

export default defineApi({
  summary: 'Lists the messages to channels, newest first',
  permission: 'edit',
  input: z.object(pagingFields),
  answer: deliveryPageAnswer,
  run: async ({ input, session }) => {
    const { total, rows } = await listDeliveries(session.setOfBookId, input, Date.now())
    return { total, root: rows.map(presentDelivery) }
  },
})
