import { useConfig } from '../utils/config.ts'

/*
 * How long ago a create went unanswered. Measured on the clock of the process, which nobody sets: after a restart, when the moment is not
 * known any more, the whole time is waited for once more.
 */

const unansweredAt = new Map<number, number>()

/** Notes that C8 has just not answered a create of this order. */
export function markUnanswered(orderId: number) {
  unansweredAt.set(orderId, performance.now())
}

/** Whether C8 can no longer carry out the unanswered create of this order. */
export function hasSettled(orderId: number): boolean {
  // performance.now() counts from the start of the process.
  if (performance.now() - (unansweredAt.get(orderId) ?? 0) < useConfig().c8Settle) return false
  unansweredAt.delete(orderId)
  return true
}
