import { isImported } from '#shared/import-state'
import { fenToYuan } from '#shared/money'
import type { Order, OrderRow } from '#shared/orders'
import { formatTime } from '#shared/time'
import type { NamedOrderRecord } from '../repositories/order-queries.ts'
import type { OrderRecord } from '../repositories/orders.ts'
import { useConfig } from '../utils/config.ts'

/** An order as the contract shows it. */
export function presentOrder(order: OrderRecord, setOfBook: string): Order {
  const { zone } = useConfig()
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
    awaits_c8: order.createUnansweredAt !== null,
  }
}

/** A row of trade_view. */
export function presentOrderRow(order: NamedOrderRecord, setOfBook: string): OrderRow {
  return { ...presentOrder(order, setOfBook), device_name: order.deviceName }
}
