import { and, eq } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import { hasRefund } from '#shared/refunds'
import { useStorage } from '../storage/engine.ts'
import { NotFound, Refused } from '../errors.ts'
import { addAudit, type Actor } from './audit.ts'
import { addEvent } from './order-events.ts'
import type { OrderRecord } from './orders.ts'
import { resolveRefundDifference } from './settlement-differences.ts'

/**
 * Notes what was done about an order's refund; `null` takes that back. Throws NotFound, and Refused where there is no
 * refund to deal with.
 */
export async function saveRefund(
  setOfBookId: number,
  id: number,
  note: string | null,
  by: Actor,
  now: number,
): Promise<OrderRecord> {
  const { write, forUpdate } = useStorage()
  return write(async (tx) => {
    const own = and(eq(orders.setOfBookId, setOfBookId), eq(orders.id, id))
    const [order] = await forUpdate(tx.select().from(orders).where(own))
    if (!order) throw new NotFound('订单不存在，可能已被删除', { code: 'order_not_found' })
    const { refundHandledAt: handledAt, refundNote: earlier } = order
    if (!hasRefund({ ...order, handledAt }, now))
      throw new Refused('这个订单没有需要处理的退款', { code: 'refund_not_open' })
    if (note === null && handledAt === null) return order
    const change = {
      refundHandledAt: note === null ? null : now,
      refundHandledUser: note === null ? null : by.user,
      refundNote: note,
    }
    await tx.update(orders).set(change).where(eq(orders.id, id))
    if (note !== null) await resolveRefundDifference(tx, setOfBookId, id, now)
    const event = note === null ? 'refund_reopened' : 'refund_handled'
    await addEvent(tx, id, event, by.user, now, { note: note ?? earlier })
    await addAudit(tx, by, event, { id, name: order.transId, before: { note: earlier }, after: { note } })
    return { ...order, ...change }
  })
}
