import { importedAnswer } from '#shared/order-answers'
import { importSchema } from '#shared/orders'
import { importOrder } from '../services/import-order.ts'
import { resetOrder } from '../services/reset-order.ts'
import { action } from './define-api.ts'
import { C8_FAILURES, type Failure } from './describe-route.ts'
import { idOf } from './request.ts'

/** What keeps an order from being imported. */
const IMPORT_FAILURES = [
  '404 order_not_found',
  '409 already_imported',
  '409 already_importing',
  '409 day_closed',
  '409 awaits_c8',
  '409 import_overtaken',
  '409 order_changed',
  '422 alias_unknown',
  '422 order_unpaid',
  '422 order_without_lines',
  '422 device_unconfigured',
  '422 c8_lookup_broken',
  '422 c8_set_of_book_missing',
  '422 price_out_of_range',
  '422 product_ambiguous',
  '422 product_unknown',
  '422 retail_amount_differs',
  '422 retail_deleted',
  '422 retail_doubled',
  '422 retail_sent_back',
  '422 retail_taken',
  '422 tax_rate_invalid',
  '422 tax_rate_missing',
  '422 total_mismatch',
  '502 retail_code_missing',
  '502 workflow_status_missing',
  '502 workflow_unfinished',
  ...C8_FAILURES,
] as const satisfies Failure[]

/** What GET and POST on one order do alike (docs/api.md, Imports). */
export const orderActions = {
  import: action({
    summary: 'Imports the order into C8, exactly once',
    permission: 'create',
    input: importSchema,
    answer: importedAnswer,
    errors: IMPORT_FAILURES,
    run: async ({ input, session, event, by }) => {
      const { retailId, retailCode } = await importOrder(session, idOf(event), by, input.total_amount)
      return { retail_id: retailId, retail_code: retailCode }
    },
  }),
  init_order: action({
    summary: 'Resets the import state, if C8 says that the document is gone',
    permission: 'edit',
    errors: [
      '404 order_not_found',
      '409 day_closed',
      '409 reset_while_importing',
      '409 reset_while_awaiting_c8',
      '409 retail_exists',
      '409 reset_overtaken',
      ...C8_FAILURES,
    ],
    run: ({ session, event, by }) => resetOrder(session, idOf(event), by),
  }),
}
