import { isImported } from '#shared/import-state'
import { fenToYuan } from '#shared/money'
import type { Order, OrderRow } from '#shared/orders'
import { formatTime } from '#shared/time'
import { retryTime } from '../repositories/import-waits.ts'
import type { NamedOrderRecord } from '../repositories/order-queries.ts'
import type { Totals } from '../repositories/order-totals.ts'
import { standingOf, type OrderRecord } from '../repositories/orders.ts'
import { useConfig } from '../config.ts'

/** An order as the contract shows it. */
export function presentOrder(order: OrderRecord, setOfBook: string): Order {
  const { zone } = useConfig()
  const retryAt = retryTime(order)
  const { awaitsC8, isUnderWay } = standingOf(order)
  return {
    id: order.id,
    set_of_book: setOfBook,
    trans_id: order.transId,
    status: order.status,
    e_id: order.eId,
    dev_id: order.devId,
    create_time: formatTime(order.createTime, zone),
    update_time: formatTime(order.updateTime, zone),
    total_amount: fenToYuan(order.totalAmount),
    products: order.products.map((line) => ({
      barcode: line.barcode,
      name: line.name,
      num: line.num,
      amount: fenToYuan(line.amount),
      cost: line.cost === undefined ? null : fenToYuan(line.cost),
    })),
    created_at: formatTime(order.createdAt, zone),
    created_user: order.createdUser,
    is_imported: isImported(order.importState),
    imported_at: order.importedAt === null ? null : formatTime(order.importedAt, zone),
    imported_user: order.importedUser,
    retail_id: order.retailId,
    retail_code: order.retailCode,
    import_state: order.importState,
    import_error: order.importError,
    import_error_code: order.importErrorCode,
    import_error_params: order.importErrorParams,
    import_retry_at: retryAt === null ? null : formatTime(retryAt, zone),
    refund_handled_at: order.refundHandledAt === null ? null : formatTime(order.refundHandledAt, zone),
    refund_handled_user: order.refundHandledUser,
    refund_note: order.refundNote,
    awaits_c8: awaitsC8,
    is_under_way: isUnderWay,
  }
}

/** How many orders match and their sums: of all, and apart. */
export function presentTotals(totals: Totals) {
  const { orders, amount, paidOrders, paidAmount, refundedOrders, refundedAmount } = totals
  return {
    total: orders,
    amount: fenToYuan(amount),
    paid: { orders: paidOrders, amount: fenToYuan(paidAmount) },
    refunded: { orders: refundedOrders, amount: fenToYuan(refundedAmount) },
    other: {
      orders: orders - paidOrders - refundedOrders,
      amount: fenToYuan(amount - paidAmount - refundedAmount),
    },
  }
}

/** An order as lists show it, with its cabinet's name. */
export function presentOrderRow(order: NamedOrderRecord, setOfBook: string): OrderRow {
  return { ...presentOrder(order, setOfBook), device_name: order.deviceName }
}

/** trade_view's rows, slice by slice. */
export async function* presentOrderRows(
  slices: AsyncIterable<NamedOrderRecord[]>,
  setOfBook: string,
): AsyncGenerator<OrderRow[]> {
  for await (const slice of slices) yield slice.map((order) => presentOrderRow(order, setOfBook))
}
