import type { ImportState } from '#shared/import-state'
import { isImported } from '#shared/import-state'
import { REFUND_STATUSES } from '#shared/order-status'
import type { Order } from '#shared/orders'

/** What an order's import is shown as: its state, or what a person has to know of it before that. */
export type ImportLook = ImportState | 'awaiting' | 'refunded' | 'refunding'

export type ImportFields = Pick<
  Order,
  | 'status'
  | 'import_state'
  | 'import_error'
  | 'import_error_code'
  | 'import_error_params'
  | 'import_retry_at'
  | 'awaits_c8'
  | 'retail_code'
  | 'refund_handled_at'
> &
  Partial<Pick<Order, 'products'>>

/**
 * `refunded`, `refunding`: C8 holds a document whose money went back, or is about to, and nobody has said what was
 * done.
 * `awaiting`: C8 may hold one.
 */
export function lookOf({ status, import_state, awaits_c8, refund_handled_at }: ImportFields): ImportLook {
  if (isImported(import_state) && REFUND_STATUSES.includes(status) && !refund_handled_at)
    return status === 103 ? 'refunded' : 'refunding'
  if (awaits_c8 && import_state !== 'sending') return 'awaiting'
  return import_state
}
