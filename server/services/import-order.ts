import type { Reason } from '#shared/error-codes'
import { importRefusal } from '#shared/order-rules'
import type { Actor } from '../repositories/audit.ts'
import { claimOrder } from '../repositories/import-claims.ts'
import { markFailed, requeue } from '../repositories/import-steps.ts'
import type { ImportLease } from '../repositories/import-transitions.ts'
import { refuseWhenClosed } from './closed-day.ts'
import { getOrder, standingOf, type OrderRecord } from '../repositories/orders.ts'
import type { SessionRecord } from '../repositories/sessions.ts'
import { Conflict, NotFound, Refused, SessionEnded, Unavailable, UpstreamBroken } from '../errors.ts'
import { withLease } from '../cluster/leases.ts'
import { imports } from '../metrics/families.ts'
import { backoff } from './backoff.ts'
import { judgeRefusal } from './c8-refusal.ts'
import { requireLookup } from './check-lookup.ts'
import { attemptImport, AwaitsC8, CreateUnanswered, LeaseLost } from './import-attempt.ts'
import { markUnanswered } from './settle.ts'

const AWAITS_C8: Reason = { message: '等待 C8 确认', code: 'awaiting_c8' }
const BUG: Reason = { message: '程序内部出错，请查看日志', code: 'import_broken' }

/**
 * What is to become of an order whose attempt threw: a refusal waits for a person, a fault goes back into the queue.
 */
export async function settleFailure(order: OrderRecord, lease: ImportLease, error: unknown): Promise<void> {
  if (error instanceof LeaseLost) return
  imports.of(await settle(order, lease, error)).add()
}

/** Moves the order to the state that follows from its failure; resolves with the outcome. */
async function settle(order: OrderRecord, lease: ImportLease, error: unknown): Promise<'failed' | 'postponed'> {
  const now = Date.now()
  const fail = async (reason: Reason) => {
    await markFailed(lease, reason)
    return 'failed' as const
  }
  const postpone = async (change: Parameters<typeof requeue>[1]) => {
    await requeue(lease, change)
    return 'postponed' as const
  }
  if (error instanceof AwaitsC8) return postpone({ reason: AWAITS_C8, dueAt: now + backoff(0)!, attempted: false })
  if (error instanceof Refused) return fail(error)
  const unanswered = error instanceof CreateUnanswered
  const isKnown = error instanceof UpstreamBroken || error instanceof Unavailable
  const reason = unanswered ? error.cause : isKnown ? error : BUG
  // Which of the steps a bug interrupted is not known; an unanswered create must be looked for until it is found or
  // settled.
  const delay = backoff(order.importAttempts) ?? (unanswered ? backoff(0)! : null)
  if (delay === null) return fail(reason)
  if (unanswered) markUnanswered(order.id, now)
  return postpone({ reason, dueAt: now + delay, unansweredAt: unanswered ? now : undefined })
}

function refuseClaim(order: OrderRecord): never {
  if (order.importState === 'imported')
    throw new Conflict(`订单已经导入 C8（零售单 ${order.retailCode}），不会重复导入`, {
      code: 'already_imported',
      params: { retail_code: order.retailCode },
    })
  throw new Conflict('订单正在导入 C8，请稍后查看结果', { code: 'already_importing' })
}

/**
 * Imports one order for a person who waits for the result, at once and whatever its backoff. Throws NotFound, Conflict
 * when it is imported, somebody is at it, or its total is not the one that the person saw, and what the attempt throws.
 */
export async function importOrder(
  session: SessionRecord,
  orderId: number,
  by: Actor,
  previewed?: number,
): Promise<OrderRecord> {
  const order = await getOrder(session.setOfBookId, orderId)
  if (!order) throw new NotFound('订单不存在，可能已被删除', { code: 'order_not_found' })
  if (order.importState !== 'created') await refuseWhenClosed(order)
  const refusal = importRefusal(standingOf(order))
  if (refusal === 'unpaid') throw new Refused('订单不是“支付成功”，不能导入', { code: 'order_unpaid' })
  if (refusal) refuseClaim(order)
  await requireLookup(session.setOfBookId)
  return withLease(async (lease) => {
    const held: ImportLease = { orderId, lease, user: session.userName }
    const claimed = await claimOrder(orderId, lease, by, session.id, previewed)
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
