import { useConfig } from '../config.ts'

/*
 * How long ago a create went unanswered. Measured on the clock of the process, which nobody sets: after a restart, or
 * on another node, when the moment is not known any more, the whole time is waited for once more.
 */

/** By order, the create that is waited for, as its row names it, and since when. */
const waiting = new Map<number, { createUnansweredAt: number; since: number }>()

/** Notes that C8 has just not answered the create that the order's row calls `createUnansweredAt`. */
export function markUnanswered(orderId: number, createUnansweredAt: number) {
  waiting.set(orderId, { createUnansweredAt, since: performance.now() })
}

/** Whether C8 can no longer carry out this unanswered create of the order. */
export function hasSettled(orderId: number, createUnansweredAt: number): boolean {
  // Knowledge of an earlier create does not apply to this one, which another node may have made.
  if (waiting.get(orderId)?.createUnansweredAt !== createUnansweredAt) markUnanswered(orderId, createUnansweredAt)
  if (performance.now() - waiting.get(orderId)!.since < useConfig().c8Settle) return false
  waiting.delete(orderId)
  return true
}
