import { importOrder } from '../services/import-order.ts'
import { resetOrder } from '../services/reset-order.ts'
import { action } from './api.ts'
import { idOf } from './request.ts'

/** What GET and POST on one order do alike (contract.md, 3.10 and 3.11). */
export const orderActions = {
  import: action({
    permission: 'create',
    run: async ({ session, event, by }) => {
      const { retailId, retailCode } = await importOrder(session, idOf(event), by)
      return { retail_id: retailId, retail_code: retailCode }
    },
  }),
  init_order: action({
    permission: 'edit',
    run: ({ session, event, by }) => resetOrder(session, idOf(event), by),
  }),
}
