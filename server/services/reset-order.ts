import { getRetail } from '../connectors/c8.ts'
import type { Actor } from '../repositories/audit.ts'
import { resetImport } from '../repositories/order-imports.ts'
import { getOrder } from '../repositories/orders.ts'
import type { SessionRecord } from '../repositories/sessions.ts'
import { Conflict, NotFound } from '../utils/errors.ts'

/**
 * Forgets an order's import, so that it can be imported anew; only when C8 says that the retail document is gone. Throws NotFound, Conflict
 * (the document exists, or an import is under way), and what C8's look-up throws.
 */
export async function resetOrder(session: SessionRecord, orderId: number, by: Actor): Promise<void> {
  const order = await getOrder(session.setOfBookId, orderId)
  if (!order) throw new NotFound('订单不存在，可能已被删除')
  if (order.importState === 'idle') return
  if (order.importLease !== null) throw new Conflict('订单正在导入 C8，请等它有结果后再重置')
  if (order.createUnansweredAt !== null) throw new Conflict('等待 C8 确认：上次创建没有得到回答，请等它有结果后再重置')
  if (order.retailId !== null && (await getRetail(session, order.retailId)) !== null) {
    throw new Conflict(`零售单依然存在（${order.retailCode}），请先在 C8 里删除它再重置`)
  }
  if (!(await resetImport(order, by))) throw new Conflict('订单的导入状态刚刚改变，请刷新后再试')
}
