import { and, asc, eq, gt, inArray, isNotNull, isNull, lte, or, sql, type SQL } from 'drizzle-orm'
import { orders, setOfBooks } from '#drizzle/schema'
import type { ImportState } from '#shared/import-state'
import type { Retail } from '../connectors/c8.ts'
import { prepared, useStorage } from '../db/client.ts'
import { addAudit, type Actor } from './audit.ts'
import { addEvent, type OrderEventRecord } from './order-events.ts'
import { closeBatchItems } from './import-batch-items.ts'
import type { OrderRecord } from './orders.ts'

/** Backoff reaches an hour: a due time further ahead than this comes from a clock that has since been set back. */
const FURTHEST_DUE = 2 * 3_600_000

/** The right to move one order on: only the holder of the lease that its row names may change the import state. */
export interface ImportLease {
  orderId: number
  lease: string
  user: string
}

interface Change {
  from: ImportState[]
  set: Partial<typeof orders.$inferInsert>
  event: OrderEventRecord['event']
  detail?: Record<string, unknown>
}

/**
 * The only way in which an import state changes: where the row still is as expected, together with its entry in the order's history.
 * Returns the row after the change, `undefined` if somebody else was first. Runs inside the caller's transaction.
 */
function move(
  orderId: number,
  user: string,
  guard: SQL | undefined,
  { from, set, event, detail }: Change,
): OrderRecord | undefined {
  const { db } = useStorage()
  const row = db
    .update(orders)
    .set(set)
    .where(and(eq(orders.id, orderId), inArray(orders.importState, from), guard))
    .returning()
    .get()
  if (row) addEvent(orderId, event, user, Date.now(), detail)
  return row
}

const held = (lease: string) => eq(orders.importLease, lease)
const free = () => isNull(orders.importLease)

/** `created` stays what it is: its document exists and is only to be finished. Every other state becomes `sending`. */
function take(order: OrderRecord, lease: string, user: string, sessionId: number | null): OrderRecord | undefined {
  const importState = order.importState === 'created' ? 'created' : 'sending'
  return move(order.id, user, free(), {
    from: [order.importState],
    event: importState === 'created' ? 'retried' : 'sending',
    set: {
      importState,
      importLease: lease,
      importDueAt: null,
      importError: null,
      importHeld: false,
      importUser: user,
      importSessionId: sessionId,
    },
  })
}

/** Takes an order up for a person, whatever its backoff; `undefined` if it is imported, or somebody is at it. */
export async function claimOrder(
  orderId: number,
  lease: string,
  by: Actor,
  sessionId: number,
): Promise<OrderRecord | undefined> {
  const { db, write } = useStorage()
  return write(() => {
    const order = db.select().from(orders).where(eq(orders.id, orderId)).get()
    if (!order || order.importState === 'imported' || order.importState === 'sending') return undefined
    const taken = take(order, lease, by.user, sessionId)
    if (taken) addAudit(by, 'import_started', { id: orderId, name: order.transId })
    return taken
  })
}

const due = (now: number) =>
  and(isNotNull(orders.importDueAt), or(lte(orders.importDueAt, now), gt(orders.importDueAt, now + FURTHEST_DUE)))

/** Takes up the order of this account set that has been due longest. */
export async function claimNextDue(setOfBookId: number, lease: string, now: number): Promise<OrderRecord | undefined> {
  const { db, write } = useStorage()
  return write(() => {
    const order = db
      .select()
      .from(orders)
      .where(and(eq(orders.setOfBookId, setOfBookId), due(now), free()))
      .orderBy(asc(orders.importDueAt), asc(orders.id))
      .limit(1)
      .get()
    return order && take(order, lease, order.importUser ?? 'goBox', order.importSessionId)
  })
}

/** The account sets that have orders due and whose queue is not paused. */
export async function listSetsWithDueOrders(now: number): Promise<number[]> {
  const { db } = useStorage()
  return db
    .select({ id: setOfBooks.id })
    .from(setOfBooks)
    .where(
      and(
        isNull(setOfBooks.importPausedReason),
        sql`exists (select 1 from ${orders} where ${and(eq(orders.setOfBookId, setOfBooks.id), due(now), free())})`,
      ),
    )
    .all()
    .map((row) => row.id)
}

/** C8 has the document: `sending` to `created`. */
export async function markCreated(
  { orderId, lease, user }: ImportLease,
  retail: Pick<Retail, 'id' | 'code'>,
  adopted: boolean,
): Promise<OrderRecord | undefined> {
  return useStorage().write(() =>
    move(orderId, user, held(lease), {
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
    }),
  )
}

/** The document is finished: `created` to `imported`. */
export async function markImported({ orderId, lease, user }: ImportLease): Promise<OrderRecord | undefined> {
  return useStorage().write(() => {
    const row = move(orderId, user, held(lease), {
      from: ['created'],
      event: 'imported',
      set: { importState: 'imported', importLease: null, importAttempts: 0, importError: null },
    })
    if (row) closeBatchItems(orderId, 'imported', null)
    return row
  })
}

/** Nothing more happens by itself: `sending` to `failed`; a document that exists stays `created`. A person decides. */
export async function markFailed({ orderId, lease, user }: ImportLease, reason: string): Promise<void> {
  await useStorage().write(() => {
    const row = move(orderId, user, held(lease), {
      from: ['sending', 'created'],
      event: 'failed',
      detail: { reason },
      set: {
        importState:
          sql`iif(${orders.importState} = 'sending', 'failed', ${orders.importState})` as unknown as ImportState,
        importLease: null,
        importDueAt: null,
        importError: reason,
      },
    })
    if (row) closeBatchItems(orderId, 'failed', reason)
  })
}

/**
 * Puts an order back into the queue: `sending` to `queued`; a document that exists stays `created`. `unanswered`: C8 may still carry out
 * a create. `attempted: false` does not count against the order.
 */
export async function requeue(
  { orderId, lease, user }: ImportLease,
  {
    reason,
    dueAt,
    unanswered = false,
    attempted = true,
  }: { reason: string; dueAt: number; unanswered?: boolean; attempted?: boolean },
): Promise<void> {
  await useStorage().write(() =>
    move(orderId, user, held(lease), {
      from: ['sending', 'created'],
      event: 'queued',
      detail: { reason, due_at: dueAt },
      set: {
        importState:
          sql`iif(${orders.importState} = 'sending', 'queued', ${orders.importState})` as unknown as ImportState,
        importLease: null,
        importDueAt: dueAt,
        importError: reason,
        ...(attempted ? { importAttempts: sql`${orders.importAttempts} + 1` as unknown as number } : {}),
        ...(unanswered ? { createUnansweredAt: Date.now() } : {}),
      },
    }),
  )
}

/** As `move` does it, but prepared once, since a batch queues thousands in one transaction. `created` stays what it is. */
const updateQueued = prepared((_, sqlite) =>
  sqlite.prepare<[now: number, user: string, sessionId: number | null, orderId: number]>(`
  UPDATE orders SET import_state = iif(import_state = 'created', 'created', 'queued'), import_due_at = ?, import_attempts = 0, import_error = NULL,
    import_user = ?, import_session_id = ?
  WHERE id = ? AND import_lease IS NULL AND (import_state IN ('idle', 'failed') OR import_state = 'created' AND import_due_at IS NULL)`),
)

/** Queues an order unless it is imported, under way or queued already; returns whether it did. Runs inside the caller's transaction. */
export function enqueue(orderId: number, user: string, sessionId: number | null, now: number): boolean {
  const isQueued = updateQueued().run(now, user, sessionId, orderId).changes > 0
  if (isQueued) addEvent(orderId, 'queued', user, Date.now())
  return isQueued
}

/** Takes an order that has not started out of the queue; a create that C8 may still carry out stays looked for. Runs inside the caller's transaction. */
export function dequeue(orderId: number, user: string): OrderRecord | undefined {
  const row = move(orderId, user, and(free(), isNull(orders.createUnansweredAt)), {
    from: ['queued'],
    event: 'cancelled',
    set: {
      importState: 'idle',
      importHeld: true,
      importDueAt: null,
      importAttempts: 0,
      importError: null,
      importUser: null,
      importSessionId: null,
    },
  })
  if (row) closeBatchItems(orderId, 'cancelled', null)
  return row
}

/** The look-ups have shown for long enough that C8 does not carry out the unanswered create any more. */
export async function clearUnanswered({ orderId, lease }: ImportLease): Promise<void> {
  const { db, write } = useStorage()
  await write(() =>
    db
      .update(orders)
      .set({ createUnansweredAt: null })
      .where(and(eq(orders.id, orderId), held(lease)))
      .run(),
  )
}

/** Forgets the import of an order whose document is gone, or that has none; `false` if the order has moved on meanwhile. */
export async function resetImport(order: OrderRecord, by: Actor): Promise<boolean> {
  return useStorage().write(() => {
    const same = order.retailId === null ? isNull(orders.retailId) : eq(orders.retailId, order.retailId)
    const row = move(order.id, by.user, and(free(), same, isNull(orders.createUnansweredAt)), {
      from: [order.importState],
      event: 'reset',
      detail: { retail_id: order.retailId, retail_code: order.retailCode },
      set: {
        importState: 'idle',
        importHeld: true,
        importDueAt: null,
        importAttempts: 0,
        importError: null,
        importUser: null,
        importSessionId: null,
        importedAt: null,
        importedUser: null,
        retailId: null,
        retailCode: null,
      },
    })
    if (!row) return false
    closeBatchItems(order.id, 'cancelled', null)
    addAudit(by, 'import_reset', {
      id: order.id,
      name: order.transId,
      before: { retail_id: order.retailId, retail_code: order.retailCode },
    })
    return true
  })
}

/**
 * Orders under a lease that is not among `active`: their attempt ended without a word, with an earlier process or on a full disk. `sending`
 * counts as a create without an answer, `created` goes on from its own step. One process owns the data folder, so nobody else can be at it.
 */
export async function recoverInterrupted(active: ReadonlySet<string>, now: number): Promise<void> {
  const { db, write } = useStorage()
  const lost = db
    .select()
    .from(orders)
    .where(isNotNull(orders.importLease))
    .all()
    .filter((order) => !active.has(order.importLease!))
  if (lost.length === 0) return
  await write(() => {
    for (const { id, importUser, importLease } of lost) {
      const resume = { importLease: null, importDueAt: now }
      const user = importUser ?? 'goBox'
      const detail = { reason: '导入中断，自动恢复' }
      if (
        !move(id, user, held(importLease!), {
          from: ['sending'],
          event: 'queued',
          detail,
          set: { ...resume, importState: 'queued', createUnansweredAt: now },
        })
      ) {
        move(id, user, held(importLease!), { from: ['created'], event: 'queued', detail, set: resume })
      }
    }
  })
}
