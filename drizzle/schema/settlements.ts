import { sql } from 'drizzle-orm'
import { bigint, boolean, id, index, integer, json, primaryKey, table, text, uniqueIndex } from '#drizzle/columns/kit'
import type { ErrorCode, ErrorParams } from '#shared/error-codes'
import type { OrderStatus } from '#shared/order-status'
import { DIFFERENCE_KINDS } from '#shared/settlement-kinds'
import type { CabinetSums, StoredProgress } from '#shared/settlements'
import { setOfBooks } from './account-sets.ts'

/*
 * What keeps the books in step: days that are checked and closed, and what holds from a date on. A date is
 * `YYYY-MM-DD` in the shop's zone; times are milliseconds since the epoch (UTC), amounts integer fen.
 */

export const ownedBySet = () =>
  bigint('set_of_book_id')
    .notNull()
    .references(() => setOfBooks.id, { onDelete: 'cascade' })

/** A day that somebody has checked or closed, or asked to check. */
export const settlementDays = table(
  'settlement_days',
  {
    setOfBookId: ownedBySet(),
    date: text().notNull(),
    /** Its first and last millisecond. */
    beginAt: bigint('begin_at').notNull(),
    endAt: bigint('end_at').notNull(),
    /** When the check that waits or runs was asked for, by whom, and through which session C8 is spoken to. */
    requestedAt: bigint('requested_at'),
    requestedUser: text('requested_user'),
    requestedSessionId: bigint('requested_session_id'),
    /**
     * With several nodes, what the one that runs the check tells the others: how far it is, and its look-ups' places.
     */
    progress: json().$type<StoredProgress>(),
    lookupPlaces: integer('lookup_places'),
    /** The begin of the last complete check. */
    checkedAt: bigint('checked_at'),
    checkedUser: text('checked_user'),
    /** Why the last check did not come to its end, and when; `null` after one that did. */
    failedAt: bigint('failed_at'),
    checkError: text('check_error'),
    checkErrorCode: text('check_error_code').$type<ErrorCode>(),
    checkErrorParams: json('check_error_params').$type<ErrorParams>(),
    /** What the last check that got through the step found, by cabinet. */
    gobox: json().$type<CabinetSums>(),
    c8: json().$type<CabinetSums>(),
    fetched: integer(),
    /** The orders that the last complete check has looked at: a day on which others are sold since cannot be closed. */
    seenOrders: bigint('seen_orders'),
    seenAmount: bigint('seen_amount'),
    seenRefundOrders: bigint('seen_refund_orders'),
    seenRefundAmount: bigint('seen_refund_amount'),
    closedAt: bigint('closed_at'),
    closedUser: text('closed_user'),
    note: text(),
  },
  (table) => [
    primaryKey({ columns: [table.setOfBookId, table.date] }),
    index('settlement_days_closed')
      .on(table.setOfBookId, table.beginAt, table.endAt, table.date)
      .where(sql`closed_at is not null`),
    index('settlement_days_requested')
      .on(table.setOfBookId, table.requestedAt)
      .where(sql`requested_at is not null`),
    index('settlement_days_looking')
      .on(table.setOfBookId)
      .where(sql`lookup_places is not null`),
  ],
)

/** A closed day as it stood: read, never computed again. */
export const settlementClosings = table(
  'settlement_closings',
  {
    setOfBookId: ownedBySet(),
    date: text().notNull(),
    figures: json().$type<Record<string, unknown>>().notNull(),
    cabinets: json().$type<unknown[]>().notNull(),
    differences: json().$type<unknown[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.setOfBookId, table.date] })],
)

/** What a check found not to agree: one row of a day, kind and order, however often it is found. */
export const settlementDifferences = table(
  'settlement_differences',
  {
    id: id(),
    setOfBookId: ownedBySet(),
    date: text().notNull(),
    kind: text({ enum: DIFFERENCE_KINDS }).notNull(),
    transId: text('trans_id').notNull(),
    /** `null`: no order is stored. */
    orderId: bigint('order_id'),
    devId: bigint('dev_id'),
    goboxAmount: bigint('gobox_amount'),
    storedAmount: bigint('stored_amount'),
    c8Amount: bigint('c8_amount'),
    retailCode: text('retail_code'),
    detail: text(),
    /** The failure that `detail` tells of: why an order is not imported, or cannot be taken in. */
    detailCode: text('detail_code').$type<ErrorCode>(),
    detailParams: json('detail_params').$type<ErrorParams>(),
    /** The begin of the check that found it last. */
    foundAt: bigint('found_at').notNull(),
    resolvedAt: bigint('resolved_at'),
    acceptedAt: bigint('accepted_at'),
    acceptedUser: text('accepted_user'),
    note: text(),
  },
  (table) => [
    uniqueIndex('settlement_differences_found').on(table.setOfBookId, table.date, table.kind, table.transId),
    index('settlement_differences_order')
      .on(table.orderId)
      .where(sql`resolved_at is null`),
  ],
)

/** What happened to the orders of a closed day; the database itself writes it, with the change. */
export const settlementChanges = table(
  'settlement_changes',
  {
    id: id(),
    setOfBookId: ownedBySet(),
    date: text().notNull(),
    at: bigint().notNull(),
    orderId: bigint('order_id').notNull(),
    transId: text('trans_id').notNull(),
    /** Before the change; `null`: the order is new. */
    oldStatus: integer('old_status').$type<OrderStatus>(),
    oldAmount: bigint('old_amount'),
    oldDevId: bigint('old_dev_id'),
    oldCreateTime: bigint('old_create_time'),
    newStatus: integer('new_status').$type<OrderStatus>().notNull(),
    newAmount: bigint('new_amount').notNull(),
    newDevId: bigint('new_dev_id').notNull(),
    newCreateTime: bigint('new_create_time').notNull(),
    linesChanged: boolean('lines_changed').notNull(),
    acceptedAt: bigint('accepted_at'),
    acceptedUser: text('accepted_user'),
    note: text(),
  },
  (table) => [index('settlement_changes_day').on(table.setOfBookId, table.date, table.id)],
)
