import { and, asc, between, eq, isNull, sql } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import { setOfBooks } from '#drizzle/schema/account-sets'
import { fenToYuan, yuanText } from '#shared/money'
import { useStorage, type Tx } from '../storage/engine.ts'
import { Conflict } from '../errors.ts'
import { addAudit, type Actor } from './audit.ts'
import { closedReason, heldClosedDay, holdDays, refuseClosedDay } from './closed-days.ts'
import { due, holdFreePlace } from './import-places.ts'
import { closeBatchItems } from './import-batch-items.ts'
import type { OrderRecord } from './orders.ts'
import { move, free, errorColumns, reasonDetail } from './import-transitions.ts'

/** `created` stays what it is: its document exists and is only to be finished. Every other state becomes `sending`. */
function take(
  tx: Tx,
  order: OrderRecord,
  lease: string,
  user: string,
  sessionId: number | null,
): Promise<OrderRecord | undefined> {
  const importState = order.importState === 'created' ? 'created' : 'sending'
  return move(tx, order.id, user, free(), {
    from: [order.importState],
    event: importState === 'created' ? 'retried' : 'sending',
    set: {
      importState,
      importLease: lease,
      importDueAt: null,
      ...errorColumns(),
      importHeld: false,
      importUser: user,
      importSessionId: sessionId,
    },
  })
}

/** Throws Conflict where goBox has changed the order's total since a person saw it. */
function refuseOtherTotal({ totalAmount }: OrderRecord, previewed: number | undefined) {
  if (previewed === undefined || previewed === totalAmount) return
  throw new Conflict(`goBox 把订单金额从 ${yuanText(previewed)} 元改成了 ${yuanText(totalAmount)} 元，请核对后再导入`, {
    code: 'order_changed',
    params: { previewed: fenToYuan(previewed), total: fenToYuan(totalAmount) },
  })
}

/**
 * Takes an order up for a person, whatever its backoff; `undefined` if it is imported, or somebody is at it. From then
 * on its total stays as it is. Throws Conflict where its day is closed or its total is not the one that was previewed,
 * but for a document that is only to be finished.
 */
export async function claimOrder(
  orderId: number,
  lease: string,
  by: Actor,
  sessionId: number,
  previewed?: number,
): Promise<OrderRecord | undefined> {
  const { write, forUpdate } = useStorage()
  return write(async (tx) => {
    await holdDays(tx, by.setOfBookId!)
    const [order] = await forUpdate(tx.select().from(orders).where(eq(orders.id, orderId)))
    if (order && order.importState !== 'created') await refuseClosedDay(tx, order)
    if (!order || order.importState === 'imported' || order.importState === 'sending') return undefined
    if (order.importState !== 'created') refuseOtherTotal(order, previewed)
    const taken = await take(tx, order, lease, by.user, sessionId)
    if (taken) await addAudit(tx, by, 'import_started', { id: orderId, name: order.transId })
    return taken
  })
}

/** Takes an order out of the queue because its day is closed. */
async function leaveOut(tx: Tx, order: OrderRecord, date: string) {
  const reason = closedReason(date)
  await move(tx, order.id, order.importUser ?? 'goBox', free(), {
    from: ['queued'],
    event: 'cancelled',
    detail: reasonDetail(reason),
    set: { importState: 'idle', importDueAt: null, importAttempts: 0, ...errorColumns() },
  })
  await closeBatchItems(tx, [order.id], 'failed', reason)
}

/** Takes all orders of a day that is being closed out of the queue. */
export async function leaveOutDay(tx: Tx, setOfBookId: number, day: { date: string; from: number; to: number }) {
  const queued = await useStorage().forUpdate(
    tx
      .select()
      .from(orders)
      .where(
        and(
          eq(orders.setOfBookId, setOfBookId),
          between(orders.createTime, day.from, day.to),
          eq(orders.importState, 'queued'),
          free(),
        ),
      ),
  )
  for (const order of queued) await leaveOut(tx, order, day.date)
}

/**
 * Takes up the order of this account set that has been due longest, unless `places` of them are under way or its queue
 * rests.
 */
export async function claimNextDue(
  setOfBookId: number,
  lease: string,
  places: number,
  now: number,
): Promise<OrderRecord | undefined> {
  const { write, forUpdate } = useStorage()
  return write(async (tx) => {
    await holdDays(tx, setOfBookId)
    if (!(await holdFreePlace(tx, setOfBookId, places))) return undefined
    const longestDue = tx
      .select()
      .from(orders)
      .where(and(eq(orders.setOfBookId, setOfBookId), due(now), free()))
      .orderBy(asc(orders.importDueAt), asc(orders.id))
      .limit(1)
    for (;;) {
      const [order] = await forUpdate(longestDue, { skipLocked: true })
      const isNew = order?.importState === 'queued' && order.createUnansweredAt === null
      const date = isNew ? await heldClosedDay(tx, order) : undefined
      if (!order || date === undefined)
        return order && take(tx, order, lease, order.importUser ?? 'goBox', order.importSessionId)
      // A message has moved it into a day that is closed.
      await leaveOut(tx, order, date)
    }
  })
}

/** The account sets that have orders due and whose queue is not paused. */
export async function listSetsWithDueOrders(now: number): Promise<number[]> {
  const rows = await useStorage()
    .db.select({ id: setOfBooks.id })
    .from(setOfBooks)
    .where(
      and(
        isNull(setOfBooks.importPausedReason),
        isNull(setOfBooks.lookupBrokenAt),
        sql`exists (select 1 from ${orders} where ${and(eq(orders.setOfBookId, setOfBooks.id), due(now), free())})`,
      ),
    )
  return rows.map((row) => row.id)
}
