import { bigint, integer, primaryKey, real, table, text } from '#drizzle/columns/kit'
import type { ImportState } from '#shared/import-state'
import type { OrderStatus } from '#shared/order-status'
import { DAY } from '#shared/time'

/*
 * Totals of the orders by day, which make counts and sums independent of how many orders there are. The database keeps
 * them in the transaction of each write, whoever makes it. They can be made again from the orders at any time, so they
 * are no part of the migrations: the engine makes them at the start (server/storage/sqlite/totals.ts).
 *
 * A key may stand in several rows, whose counts may come to nothing (server/storage/postgres/totals.ts): each question
 * sums them, and leaves out sums of no orders.
 */

/**
 * The totals' days begin at midnight of UTC+8, the default zone, so that whole days of such a shop need no look at the
 * orders. In another zone every figure is as exact: what does not fill a day of the totals is counted from the orders.
 */
export const DAY_OFFSET = 8 * 3_600_000

/** The totals' day that holds this time. */
export function dayOf(time: number): number {
  return Math.floor((time + DAY_OFFSET) / DAY)
}

/** The first millisecond of a day of the totals. */
export function beginOfDay(day: number): number {
  return day * DAY - DAY_OFFSET
}

const facts = () => ({
  setOfBookId: bigint('set_of_book_id').notNull(),
  day: integer().notNull(),
})

const state = () => ({
  status: integer().$type<OrderStatus>().notNull(),
  importState: text('import_state').$type<ImportState>().notNull(),
  orders: bigint().notNull(),
  amount: bigint().notNull(),
})

/* The days come first in each key: an order touches pages that are in use. */

export const dayTotals = table('day_totals', { ...facts(), ...state() }, (table) => [
  primaryKey({ columns: [table.setOfBookId, table.day, table.status, table.importState] }),
])

export const cabinetTotals = table(
  'cabinet_totals',
  { ...facts(), devId: bigint('dev_id').notNull(), ...state() },
  (table) => [primaryKey({ columns: [table.setOfBookId, table.day, table.devId, table.status, table.importState] })],
)

/**
 * What was sold in paid orders that are counted. `uncosted` is the amount of the lines whose cost is not known; amounts
 * in fen.
 */
export const goodsTotals = table(
  'goods_totals',
  {
    ...facts(),
    barcode: text().notNull(),
    name: text().notNull(),
    lines: bigint().notNull(),
    quantity: real().notNull(),
    amount: bigint().notNull(),
    cost: bigint().notNull(),
    uncosted: bigint().notNull(),
  },
  (table) => [primaryKey({ columns: [table.setOfBookId, table.day, table.barcode] })],
)
