import { isImported, type ImportState } from './import-state.ts'
import { PAID, type OrderStatus } from './order-status.ts'

/**
 * What may be done with an order, decided here for the server, which has the last word, and for the pages, which offer
 * what it allows.
 */
export interface OrderStanding {
  status: OrderStatus
  importState: ImportState
  /** C8 got a create that it has not answered: the document may exist. */
  awaitsC8: boolean
  /** An attempt is at the order right now. */
  isUnderWay: boolean
}

/**
 * Whether there is anything to import. Only what was paid is; a document that C8 has, or may have, is brought to its
 * end whatever became of the payment.
 */
export function isImportable({ status, importState, awaitsC8 }: Omit<OrderStanding, 'isUnderWay'>): boolean {
  return status === PAID || importState === 'created' || awaitsC8
}

/** Why a person cannot have the order imported now; one that waits in the queue is taken up at once. */
export function importRefusal(order: OrderStanding): 'imported' | 'moving' | 'unpaid' | undefined {
  if (order.importState === 'imported') return 'imported'
  if (order.isUnderWay) return 'moving'
  return isImportable(order) ? undefined : 'unpaid'
}

/** Why an order cannot be put into the queue, alone or with many. */
export function queueRefusal(order: OrderStanding): ReturnType<typeof importRefusal> {
  return order.importState === 'queued' ? 'moving' : importRefusal(order)
}

/** Why the failed import of an order cannot be queued again; `hasFailed` where the last attempt left a reason. */
export function retryRefusal(order: OrderStanding & { hasFailed: boolean }) {
  const failed = order.importState === 'failed' || (order.importState === 'created' && order.hasFailed)
  return failed ? queueRefusal(order) : 'notFailed'
}

/** Why the import of an order cannot be forgotten; `notImported`: there is nothing to forget. */
export function resetRefusal(order: OrderStanding): 'notImported' | 'moving' | 'awaiting' | undefined {
  if (order.importState === 'idle') return 'notImported'
  if (order.isUnderWay) return 'moving'
  return order.awaitsC8 ? 'awaiting' : undefined
}

/** Why an order cannot be deleted. */
export function deleteRefusal(order: OrderStanding): 'imported' | 'moving' | 'awaiting' | undefined {
  if (isImported(order.importState)) return 'imported'
  if (order.isUnderWay) return 'moving'
  return order.awaitsC8 ? 'awaiting' : undefined
}

/** While C8 has, or may have, the order's document, what the document was made from stays as it was sent. */
export function isFrozen({ importState, awaitsC8, isUnderWay }: OrderStanding): boolean {
  return isUnderWay || isImported(importState) || awaitsC8
}
