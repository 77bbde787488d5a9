import { isImported } from '#shared/import-state'
import { PAID } from '#shared/order-status'
import type { Permission } from '#shared/permissions'
import type { Order } from '#shared/orders'

export type OrderAction = 'import' | 'retry' | 'reset' | 'delete'

export const ACTION_PERMISSIONS: Record<OrderAction, Permission> = {
  import: 'create',
  retry: 'create',
  reset: 'edit',
  delete: 'delete',
}

/** Why an action leaves an order out. */
type SkipReason = 'imported' | 'moving' | 'unpaid' | 'notFailed' | 'notImported' | 'awaiting'

type PlanFields = Pick<Order, 'status' | 'import_state' | 'import_error' | 'awaits_c8'>

function skipImport({ status, import_state }: PlanFields): SkipReason | undefined {
  if (import_state === 'imported') return 'imported'
  if (import_state === 'sending' || import_state === 'queued') return 'moving'
  // A document that exists is to be finished whatever became of the order since.
  if (import_state !== 'created' && status !== PAID) return 'unpaid'
}

const SKIP: Record<OrderAction, (order: PlanFields) => SkipReason | undefined> = {
  import: skipImport,
  retry: (order) =>
    order.import_state === 'failed' || (order.import_state === 'created' && order.import_error)
      ? skipImport(order)
      : 'notFailed',
  reset: ({ import_state, awaits_c8 }) => {
    if (import_state === 'idle') return 'notImported'
    if (awaits_c8) return 'awaiting'
    if (import_state === 'sending') return 'moving'
  },
  delete: ({ import_state, awaits_c8 }) => {
    if (isImported(import_state)) return 'imported'
    if (awaits_c8) return 'awaiting'
    if (import_state === 'sending') return 'moving'
  },
}

/** Which of the orders an action is for, and how many it leaves out for which reason. The server has the last word. */
export function planAction<Row extends PlanFields>(action: OrderAction, orders: Row[]) {
  const go: Row[] = []
  const skipped: Partial<Record<SkipReason, number>> = {}
  for (const order of orders) {
    const reason = SKIP[action](order)
    if (reason === undefined) go.push(order)
    else skipped[reason] = (skipped[reason] ?? 0) + 1
  }
  return { go, skipped }
}
