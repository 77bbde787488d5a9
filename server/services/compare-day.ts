import { IMPORT_STATE_NAMES, isImported } from '#shared/import-state'
import { ORDER_STATUS, PAID, REFUND_STATUSES, type OrderStatus } from '#shared/order-status'
import type { DayOrder } from '../repositories/day-orders.ts'
import type { Finding } from '../repositories/settlement-differences.ts'

/** What goBox lists of an order of the day; `amount` in fen, `null` where its lines cannot be read. */
export interface ListedOrder {
  status: OrderStatus
  amount: number | null
  devId: number
}

export const hasDocument = ({ importState }: Pick<DayOrder, 'importState'>) => isImported(importState)

/** Whether the order's money goes, or went, back. */
export const isRefund = ({ status }: Pick<DayOrder, 'status'>) => REFUND_STATUSES.includes(status)

/** Whether somebody has said what was done about a refund that came after the import. */
function isRefundHandled(order: DayOrder & { refundHandledAt?: number | null }): boolean {
  return order.refundHandledAt != null
}

/** A difference of a stored order; the amounts of its kind are added. */
export function findingOf(
  kind: Finding['kind'],
  order: DayOrder,
  listed: ListedOrder | undefined,
  more: Partial<Finding> = {},
): Finding {
  return {
    kind,
    transId: order.transId,
    orderId: order.id,
    devId: order.devId,
    goboxAmount: listed?.amount ?? null,
    storedAmount: order.totalAmount,
    c8Amount: null,
    retailCode: order.retailCode,
    detail: null,
    detailCode: null,
    detailParams: null,
    ...more,
  }
}

/** Why a paid order has no document, with its state as people and programs call it. */
function importDetail({ importState, importError }: DayOrder): string {
  const state = `${IMPORT_STATE_NAMES[importState]}（${importState}）`
  return importError === null ? state : `${state}：${importError}`
}

/** Where what is stored does not agree with itself or with what goBox lists; `isMentioned`: goBox knows the order. */
export function compareWithGobox(order: DayOrder, listed: ListedOrder | undefined, isMentioned: boolean): Finding[] {
  const findings: Finding[] = []
  const add = (kind: Finding['kind'], detail: string | null, more: Partial<Finding> = {}) =>
    findings.push(findingOf(kind, order, listed, { detail, ...more }))
  if (!isMentioned) add('missing_at_gobox', `goBox 没有列出这个订单（本系统：${ORDER_STATUS[order.status]}）`)
  if (listed && listed.status !== order.status)
    add('status_differs', `goBox：${ORDER_STATUS[listed.status]}，本系统：${ORDER_STATUS[order.status]}`)
  if (listed && listed.amount !== null && listed.amount !== order.totalAmount)
    add('amount_differs', hasDocument(order) ? '订单导入以后 goBox 改了金额' : null)
  if (order.status === PAID && !hasDocument(order)) {
    const { importErrorCode: detailCode, importErrorParams: detailParams } = order
    add('not_imported', importDetail(order), { detailCode, detailParams })
  }
  if (isRefund(order) && hasDocument(order) && !isRefundHandled(order))
    add('refunded_after_import', ORDER_STATUS[order.status])
  return findings
}
