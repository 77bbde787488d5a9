import { and, asc, between, desc, eq, max } from 'drizzle-orm'
import { orderEvents } from '#drizzle/schema/orders'
import { useStorage } from '../storage/engine.ts'
import { nextTurn, Pace } from '../turns.ts'
import type { OrderEventRecord } from './order-events.ts'

/** Entries in the first slice and in the largest: those of earlier releases may hold two copies of all lines. */
const FIRST_SLICE = 4
const LARGEST_SLICE = 64

/** How many entries an order's history has after its arrival; they are numbered from 1 on. */
export async function countHistory(orderId: number): Promise<number> {
  const [row] = await useStorage()
    .db.select({ last: max(orderEvents.sequence) })
    .from(orderEvents)
    .where(eq(orderEvents.orderId, orderId))
  return row?.last ?? 0
}

/** The entries with these numbers, in slices that are read when the one before has been worked off. */
export async function* readHistory(
  orderId: number,
  { first, last }: { first: number; last: number },
  newestFirst = false,
  client?: AbortSignal,
): AsyncGenerator<OrderEventRecord[]> {
  const pace = new Pace(FIRST_SLICE, LARGEST_SLICE)
  for (let [from, to] = [Math.max(1, first), last]; from <= to;) {
    pace.begin()
    const size = pace.size
    const rows = await useStorage()
      .db.select()
      .from(orderEvents)
      .where(and(eq(orderEvents.orderId, orderId), between(orderEvents.sequence, from, to)))
      .orderBy((newestFirst ? desc : asc)(orderEvents.sequence))
      .limit(size)
    yield rows
    pace.end()
    await nextTurn(client)
    if (newestFirst) to -= size
    else from += size
  }
}
