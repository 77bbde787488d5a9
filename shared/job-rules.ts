import { deleteRefusal, queueRefusal, resetRefusal, retryRefusal, type OrderStanding } from './order-rules.ts'
import type { Permission } from './permissions.ts'

/** What can be done with many orders at once. */
export const JOB_KINDS = ['import', 'reset', 'delete'] as const
export type JobKind = (typeof JOB_KINDS)[number]

/** What may be asked for; `retry` is an import of those alone whose import has failed. */
export const ORDER_ACTIONS = ['import', 'retry', 'reset', 'delete'] as const
export type OrderAction = (typeof ORDER_ACTIONS)[number]

export const ACTION_PERMISSIONS: Record<OrderAction, Permission> = {
  import: 'create',
  retry: 'create',
  reset: 'edit',
  delete: 'delete',
}

/** Why an action leaves an order out. */
export const SKIP_REASONS = ['imported', 'moving', 'unpaid', 'notFailed', 'notImported', 'awaiting', 'closed'] as const
export type SkipReason = (typeof SKIP_REASONS)[number]

const REFUSALS: Record<OrderAction, (order: OrderStanding & { hasFailed: boolean }) => SkipReason | undefined> = {
  import: queueRefusal,
  retry: retryRefusal,
  reset: resetRefusal,
  delete: deleteRefusal,
}

/** Why an action, done with many orders, would not do anything with this one. */
export function skipReason(action: OrderAction, order: OrderStanding & { hasFailed: boolean }): SkipReason | undefined {
  return REFUSALS[action](order)
}
