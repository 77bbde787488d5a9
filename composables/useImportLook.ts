import type { ImportState } from '#shared/import-state'
import { isImported } from '#shared/import-state'
import { REFUND_STATUSES } from '#shared/order-status'
import type { Order } from '#shared/orders'

/** What an order's import is shown as: its state, or what a person has to know of it before that. */
export type ImportLook = ImportState | 'awaiting' | 'refunded'

export type ImportFields = Pick<Order, 'status' | 'import_state' | 'import_error' | 'awaits_c8' | 'retail_code'>

/** `refunded`: C8 holds a document whose money went back. `awaiting`: C8 may hold one. */
export function lookOf({ status, import_state, awaits_c8 }: ImportFields): ImportLook {
  if (isImported(import_state) && REFUND_STATUSES.includes(status)) return 'refunded'
  if (awaits_c8 && import_state !== 'sending') return 'awaiting'
  return import_state
}
