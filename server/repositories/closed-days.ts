import { and, between, eq, gte, isNotNull, sql } from 'drizzle-orm'
import { settlementDays } from '#drizzle/schema/settlements'
import type { Reason } from '#shared/error-codes'
import { LONGEST_DAY } from '#shared/time'
import { useStorage, type Reader, type Tx } from '../storage/engine.ts'
import { Conflict } from '../errors.ts'

// While a day is closed, none of its orders is imported, reset or deleted. Callers check here, in their transaction.

interface PlacedOrder {
  setOfBookId: number
  createTime: number
}

/** The reason why an order of a closed day cannot be changed. */
export function closedReason(date: string): Reason {
  return { message: `${date} 已日结，请先反日结`, code: 'day_closed', params: { date } }
}

/** `closedReason` as an error. */
export function dayClosed(date: string): Conflict {
  const { message, ...options } = closedReason(date)
  return new Conflict(message, options)
}

/** The closed day that holds a moment, `undefined` if that day is open. */
async function closedDayOf(db: Reader, { setOfBookId, createTime }: PlacedOrder): Promise<string | undefined> {
  const [day] = await db
    .select({ date: settlementDays.date })
    .from(settlementDays)
    .where(
      and(
        eq(settlementDays.setOfBookId, setOfBookId),
        isNotNull(settlementDays.closedAt),
        // Bounded on both sides, or the index would be read from the first closed day on.
        between(settlementDays.beginAt, createTime - LONGEST_DAY, createTime),
        gte(settlementDays.endAt, createTime),
      ),
    )
  return day?.date
}

/** The closed day of the order, outside a transaction. */
export function findClosedDay(order: PlacedOrder): Promise<string | undefined> {
  return closedDayOf(useStorage().db, order)
}

/** Keeps the set's days from being closed or reopened until the transaction ends. Call it before locking orders. */
export function holdDays(tx: Tx, setOfBookId: number): Promise<void> {
  return useStorage().lockDays(tx, setOfBookId, 'shared')
}

/** The closed day of an order whose account set's days are held. */
export function heldClosedDay(tx: Tx, order: PlacedOrder): Promise<string | undefined> {
  return closedDayOf(tx, order)
}

/** Throws Conflict where the order lies in a closed day; the days must be held. */
export async function refuseClosedDay(tx: Tx, order: PlacedOrder): Promise<void> {
  const date = await closedDayOf(tx, order)
  if (date !== undefined) throw dayClosed(date)
}

/**
 * The date of the closed day of a row of `orders`, SQL's null if it is open. Spelled out: Drizzle leaves the tables'
 * names out where it selects from one.
 */
export const closedDate = sql<string | null>`(select day.date from settlement_days as day
  where day.set_of_book_id = orders.set_of_book_id and day.closed_at is not null
    and day.begin_at between orders.create_time - ${sql.raw(String(LONGEST_DAY))} and orders.create_time
    and day.end_at >= orders.create_time)`
