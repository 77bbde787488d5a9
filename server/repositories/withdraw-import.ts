import { and, eq, inArray, isNull } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import type { Reason } from '#shared/error-codes'
import { isImportable } from '#shared/order-rules'
import type { OrderStatus } from '#shared/order-status'
import type { Tx } from '../storage/engine.ts'
import { closeBatchItems, withdrawFailedItems } from './import-batch-items.ts'
import { addEvent } from './order-events.ts'

/** Why only what was paid is imported. */
export const UNPAID: Reason = { message: '订单不是“支付成功”，不能导入', code: 'order_unpaid' }

type Stored = Pick<typeof orders.$inferSelect, 'id' | 'importState' | 'importLease' | 'createUnansweredAt'>

/**
 * An order that was refunded or closed before its import is not to be imported any more: it neither waits nor counts as
 * failed.
 */
export async function withdrawImport(tx: Tx, stored: Stored, status: OrderStatus, user: string, now: number) {
  const { id, importState, importLease, createUnansweredAt } = stored
  const isWaiting = (importState === 'failed' || importState === 'queued') && importLease === null
  if (!isWaiting || isImportable({ status, importState, awaitsC8: createUnansweredAt !== null })) return
  const [row] = await tx
    .update(orders)
    .set({
      importState: 'idle',
      importDueAt: null,
      importAttempts: 0,
      importError: null,
      importErrorCode: null,
      importErrorParams: null,
    })
    .where(and(eq(orders.id, id), inArray(orders.importState, ['failed', 'queued']), isNull(orders.importLease)))
    .returning({ id: orders.id })
  if (!row) return
  const { message: reason, code } = UNPAID
  await addEvent(tx, id, 'cancelled', user, now, { reason, code })
  await closeBatchItems(tx, [id], 'cancelled', UNPAID)
  await withdrawFailedItems(tx, id)
}
