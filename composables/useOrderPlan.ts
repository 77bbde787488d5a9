import type { OrderAction } from '#shared/job-rules'
import { deleteRefusal, importRefusal, resetRefusal, retryRefusal, type OrderStanding } from '#shared/order-rules'
import type { Order } from '#shared/orders'

type PlanFields = Pick<Order, 'status' | 'import_state' | 'import_error' | 'awaits_c8' | 'is_under_way'>

function standingOf(order: PlanFields): OrderStanding & { hasFailed: boolean } {
  return {
    status: order.status,
    importState: order.import_state,
    awaitsC8: order.awaits_c8,
    isUnderWay: order.is_under_way,
    hasFailed: order.import_error !== null,
  }
}

/**
 * What can be done with one order: as the server allows it, so that an order which waits for its next try is taken up
 * at once. One button begins an import, whether for the first time or again.
 */
export function actionsOf(order: PlanFields): OrderAction[] {
  const standing = standingOf(order)
  const begin = retryRefusal(standing) === undefined ? 'retry' : 'import'
  const offers: Record<OrderAction, boolean> = {
    import: begin === 'import' && importRefusal(standing) === undefined,
    retry: begin === 'retry' && importRefusal(standing) === undefined,
    reset: resetRefusal(standing) === undefined,
    delete: deleteRefusal(standing) === undefined,
  }
  return (Object.keys(offers) as OrderAction[]).filter((action) => offers[action])
}
