import { and, eq, inArray, isNull, or } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import { useStorage, type Tx } from '../storage/engine.ts'
import { closedDate } from './closed-days.ts'
import { addEvents } from './order-events.ts'
import { unlessCreated, errorColumns, free } from './import-transitions.ts'

/**
 * Queues the orders that are not imported, under way or queued already; resolves with their ids. As `move` does it, but
 * for all in one statement, since a batch holds thousands.
 */
export async function enqueue(
  tx: Tx,
  orderIds: number[],
  user: string,
  sessionId: number | null,
  now: number,
): Promise<number[]> {
  const { dialect } = useStorage()
  const mayStart = or(
    and(inArray(orders.importState, ['idle', 'failed']), isNull(closedDate)),
    and(eq(orders.importState, 'created'), isNull(orders.importDueAt)),
  )
  const rows = await tx
    .update(orders)
    .set({
      importState: unlessCreated('queued'),
      importDueAt: now,
      importAttempts: 0,
      ...errorColumns(),
      importUser: user,
      importSessionId: sessionId,
    })
    .where(and(dialect.isAmong(orders.id, orderIds), free(), mayStart))
    .returning({ id: orders.id })
  const queued = rows.map(({ id }) => id)
  if (queued.length > 0) await addEvents(tx, dialect.isAmong(orders.id, queued), 'queued', user, Date.now())
  return queued
}

/** Waits in the queue and has not started; a create that C8 may still carry out stays looked for. */
export const mayStop = () => and(eq(orders.importState, 'queued'), free(), isNull(orders.createUnansweredAt))

/** Those of the orders that wait in the queue and have not started; they stay so until the transaction ends. */
export async function findQueued(tx: Tx, orderIds: number[]): Promise<number[]> {
  const { dialect, forUpdate } = useStorage()
  const rows = await forUpdate(
    tx
      .select({ id: orders.id })
      .from(orders)
      .where(and(dialect.isAmong(orders.id, orderIds), mayStop())),
  )
  return rows.map(({ id }) => id)
}

/** Takes orders that have not started out of the queue. */
export async function dequeue(tx: Tx, orderIds: number[], user: string): Promise<void> {
  const { dialect } = useStorage()
  const rows = await tx
    .update(orders)
    .set({
      importState: 'idle',
      importHeld: true,
      importDueAt: null,
      importAttempts: 0,
      ...errorColumns(),
      importUser: null,
      importSessionId: null,
    })
    .where(and(dialect.isAmong(orders.id, orderIds), mayStop()))
    .returning({ id: orders.id })
  const dequeued = rows.map(({ id }) => id)
  if (dequeued.length > 0) await addEvents(tx, dialect.isAmong(orders.id, dequeued), 'cancelled', user, Date.now())
}
