import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  c8Id,
  id,
  index,
  integer,
  json,
  primaryKey,
  table,
  text,
  uniqueIndex,
} from '#drizzle/columns/kit'
import type { ErrorCode, ErrorParams } from '#shared/error-codes'
import { IMPORT_STATES } from '#shared/import-state'
import { NOTED_ORDER_EVENTS } from '#shared/order-history'
import type { OrderStatus } from '#shared/order-status'
import type { OrderLine } from '#shared/orders'
import { setOfBooks } from './account-sets.ts'

export const orders = table(
  'orders',
  {
    id: id(),
    setOfBookId: bigint('set_of_book_id')
      .notNull()
      .references(() => setOfBooks.id, { onDelete: 'cascade' }),
    transId: text('trans_id').notNull(),
    status: integer().$type<OrderStatus>().notNull(),
    eId: text('e_id').notNull(),
    devId: bigint('dev_id').notNull(),
    createTime: bigint('create_time').notNull(),
    updateTime: bigint('update_time').notNull(),
    totalAmount: bigint('total_amount').notNull(),
    products: json().$type<OrderLine[]>().notNull(),
    createdAt: bigint('created_at').notNull(),
    createdUser: text('created_user').notNull(),
    importState: text('import_state', { enum: IMPORT_STATES }).notNull().default('idle'),
    /** Names the attempt that may change the import state now; `null` when none runs. */
    importLease: text('import_lease'),
    importAttempts: integer('import_attempts').notNull().default(0),
    /** When the queue takes the order up; `null` while it waits for a person. */
    importDueAt: bigint('import_due_at'),
    /** Why the last attempt did not finish: in Chinese, and for programs. Likewise wherever a reason is kept. */
    importError: text('import_error'),
    importErrorCode: text('import_error_code').$type<ErrorCode>(),
    importErrorParams: json('import_error_params').$type<ErrorParams>(),
    /** Set by a reset or a cancelled batch: a person has decided, so the import that runs by itself leaves it alone. */
    importHeld: boolean('import_held').notNull().default(false),
    /** Who asked for the import, and through which session C8 is spoken to. */
    importUser: text('import_user'),
    importSessionId: bigint('import_session_id'),
    /** Set while C8 may still carry out a create that it has not answered. */
    createUnansweredAt: bigint('create_unanswered_at'),
    importedAt: bigint('imported_at'),
    importedUser: text('imported_user'),
    retailId: c8Id('retail_id'),
    retailCode: text('retail_code'),
    /**
     * Whether `updateTime` was more than a day ahead of the clock when it came: then it says nothing of what follows.
     */
    clockOdd: boolean('clock_odd').notNull().default(false),
    /** When, by whom and how a refund after the import, or one that does not end, was dealt with. */
    refundHandledAt: bigint('refund_handled_at'),
    refundHandledUser: text('refund_handled_user'),
    refundNote: text('refund_note'),
  },
  (table) => [
    uniqueIndex('orders_trans_id').on(table.setOfBookId, table.transId),
    // Gives every filter's page in the order it is shown. The totals (drizzle/totals.ts) count and say
    // where to begin, so that this one index serves all filters: each further one costs every message that goBox sends.
    index('orders_create_time').on(
      table.setOfBookId,
      table.createTime,
      table.id,
      table.status,
      table.devId,
      table.importState,
      table.totalAmount,
    ),
    index('orders_import_due')
      .on(table.setOfBookId, table.importDueAt, table.id)
      .where(sql`import_due_at is not null`),
    index('orders_import_lease')
      .on(table.setOfBookId, table.id)
      .where(sql`import_lease is not null`),
    // Of refunds alone, which are few. server/repositories/order-filter.ts repeats the conditions word for word, or
    // SQLite does not see that they are the same. It makes a table of a longer list for each row that is inserted: the
    // comparison before spares what is paid that. With the amount in them, the refunds are summed without the orders.
    index('orders_refund_waiting')
      .on(table.setOfBookId, table.createTime, table.id, table.totalAmount)
      .where(
        sql`status > 101 and status in (102, 103, 104, 110) and import_state in ('created', 'imported') and refund_handled_at is null`,
      ),
    index('orders_refund_handled')
      .on(table.setOfBookId, table.createTime, table.id)
      .where(sql`refund_handled_at is not null`),
    index('orders_refund_due')
      .on(table.setOfBookId, table.updateTime, table.id, table.totalAmount)
      .where(sql`status > 101 and status in (102, 104, 110) and refund_handled_at is null`),
    index('orders_import_failed')
      .on(table.setOfBookId, table.id)
      .where(sql`import_state = 'failed'`),
  ],
)

/**
 * Which order a retail document belongs to. Two orders never share one: account sets of one C8 have their documents in
 * one place. The id is text, so that 7 and "7" are the same.
 */
export const retailDocuments = table(
  'retail_documents',
  {
    c8Origin: text('c8_origin').notNull(),
    documentId: text('document_id').notNull(),
    orderId: bigint('order_id')
      .notNull()
      .references(() => orders.id, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ columns: [table.c8Origin, table.documentId] }),
    index('retail_documents_order').on(table.orderId),
  ],
)

/** What happened to an order after it was received (that it was, stands in the order itself). */
export const orderEvents = table(
  'order_events',
  {
    orderId: bigint('order_id')
      .notNull()
      .references(() => orders.id, { onDelete: 'cascade' }),
    sequence: integer().notNull(),
    at: bigint().notNull(),
    user: text().notNull(),
    event: text({ enum: NOTED_ORDER_EVENTS }).notNull(),
    detail: json().$type<Record<string, unknown>>(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.sequence] })],
)
