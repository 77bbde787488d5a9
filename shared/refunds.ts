import { isImported, type ImportState } from './import-state.ts'
import { REFUND_STATUSES, type OrderStatus } from './order-status.ts'
import { DAY } from './time.ts'

/** Refunds that have not ended; beyond this age they should have. */
const UNFINISHED: readonly OrderStatus[] = [102, 104, 110]
export const REFUND_TIME = DAY

interface RefundStanding {
  status: OrderStatus
  importState: ImportState
  updateTime: number
  handledAt: number | null
}

/** Whether C8 has the order's document although the money goes, or went, back. */
export function isRefundedAfterImport({
  status,
  importState,
}: Pick<RefundStanding, 'status' | 'importState'>): boolean {
  return isImported(importState) && REFUND_STATUSES.includes(status)
}

/** Whether there is a refund to deal with, or one that was: after the import, or one that does not end. */
export function hasRefund(order: RefundStanding, now: number): boolean {
  const isOverdue = UNFINISHED.includes(order.status) && order.updateTime < now - REFUND_TIME
  return order.handledAt !== null || isRefundedAfterImport(order) || isOverdue
}
