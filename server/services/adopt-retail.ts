import { c8IdDigits } from '#shared/c8-id'
import { fenToYuan, yuanToFen } from '#shared/money'
import { findRetails, type Retail } from '../connectors/c8-retails.ts'
import type { OrderRecord } from '../repositories/orders.ts'
import { findDocumentHolders } from '../repositories/retail-documents.ts'
import { Refused } from '../errors.ts'
import type { C8Session } from './c8-session.ts'

/** Throws Refused if C8's amount differs from the order's. */
function checkAmount(order: OrderRecord, { code, total_amount: amount }: Retail) {
  if (amount === null || amount === undefined || yuanToFen(amount) === order.totalAmount) return
  const total = fenToYuan(order.totalAmount)
  throw new Refused(
    `C8 里这个订单的零售单 ${code} 是 ${amount} 元，订单是 ${total} 元，请在 C8 里改正或删除这张零售单后重试`,
    {
      code: 'retail_amount_differs',
      params: { retail_code: code, document_amount: amount, total_amount: total },
    },
  )
}

/**
 * The document that C8 has for the order, `undefined` if there is none. C8 may compare loosely, so a document that
 * names another order, or that another order holds, is not the order's. Throws Refused where there are several or the
 * amount is another, and what the look-up throws.
 */
export async function findOwnRetail(order: OrderRecord, session: C8Session): Promise<Retail | undefined> {
  const found = await findRetails(session, order.transId)
  const holders = await findDocumentHolders(
    order.setOfBookId,
    found.map(({ id }) => id),
  )
  const own = found.filter(
    ({ id, source_id: sourceId }) =>
      (sourceId ?? order.transId) === order.transId && (holders.get(c8IdDigits(id))?.orderId ?? order.id) === order.id,
  )
  const [retail, ...more] = own
  if (more.length > 0) {
    const codes = own.map(({ code }) => code).join('、')
    throw new Refused(`C8 里这个订单有多张零售单（${codes}），请在 C8 里只留一张再重试`, {
      code: 'retail_doubled',
      params: { retail_codes: codes },
    })
  }
  if (retail) checkAmount(order, retail)
  return retail
}
