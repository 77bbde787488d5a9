import { resetRefusal } from '#shared/order-rules'
import { getRetail } from '../connectors/c8-retails.ts'
import type { Actor } from '../repositories/audit.ts'
import { resetImport } from '../repositories/import-steps.ts'
import { getOrder, standingOf, type OrderRecord } from '../repositories/orders.ts'
import { findDocumentHolders } from '../repositories/retail-documents.ts'
import { refuseWhenClosed } from './closed-day.ts'
import type { SessionRecord } from '../repositories/sessions.ts'
import { Conflict, NotFound } from '../errors.ts'

/** Whether the document that the order names belongs to another order: an earlier version gave one to several. */
async function isAnothers({ id, setOfBookId, retailId }: OrderRecord): Promise<boolean> {
  const holders = await findDocumentHolders(setOfBookId, [retailId!])
  return [...holders.values()].some(({ orderId }) => orderId !== id)
}

/**
 * Resets an order's import so that it can be imported again; only if C8 confirms that the document is gone.
 * Throws NotFound, Conflict (the document exists, or an import is under way), and what C8's look-up throws.
 */
export async function resetOrder(session: SessionRecord, orderId: number, by: Actor, jobId?: number): Promise<void> {
  const order = await getOrder(session.setOfBookId, orderId)
  if (!order) throw new NotFound('订单不存在，可能已被删除', { code: 'order_not_found' })
  await refuseWhenClosed(order)
  const refusal = resetRefusal(standingOf(order))
  if (refusal === 'notImported') return
  if (refusal === 'moving')
    throw new Conflict('订单正在导入 C8，请等它有结果后再重置', { code: 'reset_while_importing' })
  if (refusal === 'awaiting')
    throw new Conflict('等待 C8 确认：上次创建没有得到回答，请等它有结果后再重置', { code: 'reset_while_awaiting_c8' })
  if (order.retailId !== null && !(await isAnothers(order)) && (await getRetail(session, order.retailId)) !== null) {
    throw new Conflict(`零售单依然存在（${order.retailCode}），请先在 C8 里删除它再重置`, {
      code: 'retail_exists',
      params: { retail_code: order.retailCode },
    })
  }
  if (!(await resetImport(order, by, jobId)))
    throw new Conflict('订单的导入状态刚刚改变，请刷新后再试', { code: 'reset_overtaken' })
}
