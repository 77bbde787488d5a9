import type { Actor } from '../repositories/audit.ts'
import { claimOrder, markFailed, requeue, type ImportLease } from '../repositories/order-imports.ts'
import { getOrder, isImportable, type OrderRecord } from '../repositories/orders.ts'
import type { SessionRecord } from '../repositories/sessions.ts'
import { Conflict, NotFound, Refused, SessionEnded, UpstreamBroken } from '../utils/errors.ts'
import { backoff } from './backoff.ts'
import { judgeRefusal } from './c8-refusal.ts'
import { attemptImport, AwaitsC8, CreateUnanswered, LeaseLost } from './import-attempt.ts'
import { withLease } from './leases.ts'

/** What is to become of an order whose attempt threw: a refusal waits for a person, a fault goes back into the queue. */
export async function settleFailure(order: OrderRecord, lease: ImportLease, error: unknown): Promise<void> {
  if (error instanceof LeaseLost) return
  const now = Date.now()
  if (error instanceof AwaitsC8)
    return requeue(lease, { reason: '等待 C8 确认', dueAt: now + backoff(0)!, attempted: false })
  if (error instanceof Refused) return markFailed(lease, error.message)
  const unanswered = error instanceof CreateUnanswered
  const reason = unanswered || error instanceof UpstreamBroken ? error.message : '程序内部出错，请查看日志'
  // Which of the steps a bug interrupted is not known; an unanswered create must be looked for until it is found or settled.
  const delay = backoff(order.importAttempts) ?? (unanswered ? backoff(0)! : null)
  return delay === null ? markFailed(lease, reason) : requeue(lease, { reason, dueAt: now + delay, unanswered })
}

function refuseClaim(order: OrderRecord): never {
  if (order.importState === 'imported')
    throw new Conflict(`订单已经导入 C8（零售单 ${order.retailCode}），不会重复导入`)
  throw new Conflict('订单正在导入 C8，请稍后查看结果')
}

/**
 * Imports one order for a person who waits for the result, at once and whatever its backoff. Throws NotFound, Conflict when it is imported
 * or somebody is at it, and what the attempt throws.
 */
export async function importOrder(session: SessionRecord, orderId: number, by: Actor): Promise<OrderRecord> {
  const order = await getOrder(session.setOfBookId, orderId)
  if (!order) throw new NotFound('订单不存在，可能已被删除')
  if (order.importState === 'imported' || order.importLease !== null) refuseClaim(order)
  if (!isImportable(order)) throw new Refused('订单不是“支付成功”，不能导入')
  return withLease(async (lease) => {
    const held: ImportLease = { orderId, lease, user: session.userName }
    const claimed = await claimOrder(orderId, lease, by, session.id)
    if (!claimed) refuseClaim((await getOrder(session.setOfBookId, orderId)) ?? order)
    try {
      return await attemptImport(claimed, held, session)
    } catch (error) {
      const reason = error instanceof SessionEnded ? await judgeRefusal(session, error) : error
      await settleFailure(claimed, held, reason)
      throw reason instanceof CreateUnanswered ? reason.cause : reason
    }
  })
}
