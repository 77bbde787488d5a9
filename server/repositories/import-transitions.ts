import { and, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import type { Reason } from '#shared/error-codes'
import type { ImportState } from '#shared/import-state'
import type { Tx } from '../storage/engine.ts'
import { addEvent, type OrderEventRecord } from './order-events.ts'
import type { OrderRecord } from './orders.ts'

/** The right to move one order on: only the holder of the lease that its row names may change the import state. */
export interface ImportLease {
  orderId: number
  lease: string
  user: string
}

/** Why an order's last attempt did not finish, as its columns; none: empty ones. */
export const errorColumns = (reason?: Reason) => ({
  importError: reason?.message ?? null,
  importErrorCode: reason?.code ?? null,
  importErrorParams: reason?.params ?? null,
})

/** The same in the order's history. */
export const reasonDetail = ({ message, code, params }: Reason) => ({ reason: message, code, params })

interface Change {
  from: ImportState[]
  set: Partial<typeof orders.$inferInsert>
  event: OrderEventRecord['event']
  detail?: Record<string, unknown>
}

/**
 * The only way in which an import state changes: where the row still is as expected, together with its entry in the
 * order's history. Resolves with the row after the change, `undefined` if somebody else was first.
 */
export async function move(
  tx: Tx,
  orderId: number,
  user: string,
  guard: SQL | undefined,
  { from, set, event, detail }: Change,
): Promise<OrderRecord | undefined> {
  const [row] = await tx
    .update(orders)
    .set(set)
    .where(and(eq(orders.id, orderId), inArray(orders.importState, from), guard))
    .returning()
  if (row) await addEvent(tx, orderId, event, user, Date.now(), detail)
  return row
}

/** A document that exists is only to be finished, so its order stays `created`. */
export const unlessCreated = (state: ImportState) =>
  sql`case when ${orders.importState} = 'created' then 'created' else ${sql.raw(`'${state}'`)} end` as unknown as ImportState

export const held = (lease: string) => eq(orders.importLease, lease)

export const free = () => isNull(orders.importLease)
