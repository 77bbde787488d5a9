import type { OrderStatus } from './order-status.ts'
import { DAY } from './time.ts'

/** How far on an order is in each status: at one time the message that is further on wins. */
const RANKS: Record<OrderStatus, number> = {
  101: 0,
  105: 1,
  107: 1,
  109: 1,
  100: 2,
  102: 3,
  110: 3,
  104: 4,
  103: 5,
}

/** How far on a status is; what is no status is behind all of them. */
export function rankOf(status: number): number {
  return RANKS[status as OrderStatus] ?? -1
}

/** Whether a time says nothing of what follows it: the cabinet's clock is more than a day ahead. */
export function isClockOdd(time: number, now: number): boolean {
  return time > now + DAY
}

interface Moment {
  status: OrderStatus
  updateTime: number
  /** Whether the time was ahead of the clock when the message came. */
  clockOdd: boolean
}

/**
 * Whether a message replaces what is stored of its order (docs/api.md, Order messages). A plausible time counts as
 * newer than an odd one; an odd one says nothing against a plausible one, so that the status decides.
 */
export function replaces(message: Moment, stored: Moment): boolean {
  if (stored.clockOdd && !message.clockOdd) return true
  if (stored.clockOdd === message.clockOdd && stored.updateTime !== message.updateTime)
    return message.updateTime > stored.updateTime
  return rankOf(message.status) >= rankOf(stored.status)
}
