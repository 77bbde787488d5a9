import { and, eq, isNull, sql } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import type { Reason } from '#shared/error-codes'
import type { C8Id } from '#shared/c8-id'
import type { ImportState } from '#shared/import-state'
import { PAID } from '#shared/order-status'
import { useStorage } from '../storage/engine.ts'
import { addAudit, type Actor } from './audit.ts'
import { holdDays, refuseClosedDay } from './closed-days.ts'
import { closeBatchItems, closeDoneItems, holdItem } from './import-batch-items.ts'
import type { OrderRecord } from './orders.ts'
import { releaseDocument, takeDocument } from './retail-documents.ts'
import { type ImportLease, move, held, errorColumns, reasonDetail, unlessCreated, free } from './import-transitions.ts'

/** C8 has the document: `sending` to `created`. Throws Refused if it is another order's already. */
export async function markCreated(
  { orderId, lease, user }: ImportLease,
  retail: { id: C8Id; code: string },
  adopted: boolean,
): Promise<OrderRecord | undefined> {
  return useStorage().write(async (tx) => {
    const row = await move(tx, orderId, user, held(lease), {
      from: ['sending'],
      event: 'created',
      detail: { retail_id: retail.id, retail_code: retail.code, ...(adopted ? { adopted } : {}) },
      set: {
        importState: 'created',
        retailId: retail.id,
        retailCode: retail.code,
        importedAt: Date.now(),
        importedUser: user,
        createUnansweredAt: null,
      },
    })
    if (row) await takeDocument(tx, row, retail.id, retail.code)
    return row
  })
}

/** The document is finished: `created` to `imported`. */
export async function markImported({ orderId, lease, user }: ImportLease): Promise<OrderRecord | undefined> {
  return useStorage().write(async (tx) => {
    const row = await move(tx, orderId, user, held(lease), {
      from: ['created'],
      event: 'imported',
      set: { importState: 'imported', importLease: null, importAttempts: 0, ...errorColumns() },
    })
    if (row) await closeBatchItems(tx, [orderId], 'imported')
    return row
  })
}

/** What was refunded meanwhile has not failed: there is nothing to import any more. */
const failedUnlessRefunded = () =>
  sql`case when ${orders.importState} = 'created' then 'created'
    when ${orders.status} <> ${PAID} and ${orders.createUnansweredAt} is null then 'idle'
    else 'failed' end` as unknown as ImportState

/** Nothing more happens by itself: `sending` to `failed`; a document that exists stays `created`. A person decides. */
export async function markFailed({ orderId, lease, user }: ImportLease, reason: Reason): Promise<void> {
  await useStorage().write(async (tx) => {
    const row = await move(tx, orderId, user, held(lease), {
      from: ['sending', 'created'],
      event: 'failed',
      detail: reasonDetail(reason),
      set: {
        importState: failedUnlessRefunded(),
        importLease: null,
        importDueAt: null,
        ...errorColumns(reason),
      },
    })
    if (row) await closeBatchItems(tx, [orderId], 'failed', reason)
  })
}

/**
 * Puts an order back into the queue: `sending` to `queued`; a document that exists stays `created`. `unansweredAt`: C8
 * may still carry out a create, which it did not answer then. `attempted: false` does not count against the order.
 */
export async function requeue(
  { orderId, lease, user }: ImportLease,
  {
    reason,
    dueAt,
    unansweredAt,
    attempted = true,
  }: { reason: Reason; dueAt: number; unansweredAt?: number; attempted?: boolean },
): Promise<void> {
  await useStorage().write((tx) =>
    move(tx, orderId, user, held(lease), {
      from: ['sending', 'created'],
      event: 'queued',
      detail: { ...reasonDetail(reason), due_at: dueAt },
      set: {
        importState: unlessCreated('queued'),
        importLease: null,
        importDueAt: dueAt,
        ...errorColumns(reason),
        ...(attempted ? { importAttempts: sql`${orders.importAttempts} + 1` as unknown as number } : {}),
        ...(unansweredAt === undefined ? {} : { createUnansweredAt: unansweredAt }),
      },
    }),
  )
}

/** The look-ups have shown for long enough that C8 does not carry out the unanswered create any more. */
export async function clearUnanswered({ orderId, lease }: ImportLease): Promise<void> {
  await useStorage().write((tx) =>
    tx
      .update(orders)
      .set({ createUnansweredAt: null })
      .where(and(eq(orders.id, orderId), held(lease))),
  )
}

/**
 * Forgets the import of an order whose document is gone, or that has none; `false` if the order has moved on meanwhile.
 */
export async function resetImport(order: OrderRecord, by: Actor, jobId?: number): Promise<boolean> {
  return useStorage().write(async (tx) => {
    await holdDays(tx, order.setOfBookId)
    if (jobId !== undefined) await holdItem(tx, jobId, order.id)
    await refuseClosedDay(tx, order)
    const same = order.retailId === null ? isNull(orders.retailId) : eq(orders.retailId, order.retailId)
    const row = await move(tx, order.id, by.user, and(free(), same, isNull(orders.createUnansweredAt)), {
      from: [order.importState],
      event: 'reset',
      detail: { retail_id: order.retailId, retail_code: order.retailCode },
      set: {
        importState: 'idle',
        importHeld: true,
        importDueAt: null,
        importAttempts: 0,
        ...errorColumns(),
        importUser: null,
        importSessionId: null,
        importedAt: null,
        importedUser: null,
        retailId: null,
        retailCode: null,
        refundHandledAt: null,
        refundHandledUser: null,
        refundNote: null,
      },
    })
    if (!row) return false
    await releaseDocument(tx, order.id)
    await closeBatchItems(tx, [order.id], 'cancelled')
    await closeDoneItems(tx, 'reset', order.id)
    await addAudit(tx, by, 'import_reset', {
      id: order.id,
      name: order.transId,
      before: { retail_id: order.retailId, retail_code: order.retailCode },
    })
    return true
  })
}
