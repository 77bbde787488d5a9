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

/** Why an order of a closed day is left alone. */
export function closedReason(date: string): Reason {
  return { message: `${date} 已日结，请先反日结`, code: 'day_closed', params: { date } }
}

/** As an error. */
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

/** The closed day that the order lies in, as it is now. */
export function findClosedDay(order: PlacedOrder): Promise<string | undefined> {
  return closedDayOf(useStorage().db, order)
}

/** Keeps the account set's days as they are, open or closed, until the transaction ends; before it locks an order. */
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
