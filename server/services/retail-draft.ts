import { PAID } from '#shared/order-status'
import { fenToYuan } from '#shared/money'
import type { RetailDraft } from '../connectors/c8.ts'
import { findDeviceByDevId } from '../repositories/devices.ts'
import type { OrderRecord } from '../repositories/orders.ts'
import { Refused } from '../utils/errors.ts'
import type { C8Session } from './c8-session.ts'
import { getProductId, getTaxRate } from './c8-catalog.ts'

/** The unit price in yuan, rounded to six decimals. */
export function unitPrice(amountFen: number, quantity: number): number {
  return Math.round((amountFen / quantity) * 10_000) / 1_000_000
}

/**
 * The retail document of an order, with the defaults of its device. Throws Refused when the order may not or cannot be imported: not paid,
 * device not configured, no lines, a barcode that C8 does not know.
 */
export async function draftRetail(order: OrderRecord, session: C8Session): Promise<RetailDraft> {
  if (order.status !== PAID) throw new Refused('订单不是“支付成功”，不能导入')
  const device = await findDeviceByDevId(order.setOfBookId, order.devId)
  if (!device) throw new Refused(`货柜 ${order.devId} 还没有配置，请先在“货柜”里配置它`)
  if (order.products.length === 0) throw new Refused('订单没有商品明细，不能导入')
  const [taxRate, ...productIds] = await Promise.all([
    getTaxRate(session, device.billType),
    ...order.products.map((line) => getProductId(session, line.barcode)),
  ])
  const total = fenToYuan(order.totalAmount)
  return {
    source: 'gobox',
    source_id: order.transId,
    store_id: device.storeId,
    bank_id: device.bankId,
    member_id: device.memberId,
    employee_id: device.employeeId,
    bill_type: device.billType,
    total_amount: total,
    bank_amount: total,
    retail_lines: order.products.map((line, index) => ({
      product_id: productIds[index]!,
      quantity: line.num,
      tax_price: unitPrice(line.amount, line.num),
      tax_rate: taxRate,
    })),
  }
}
