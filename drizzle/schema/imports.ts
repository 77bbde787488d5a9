import { sql } from 'drizzle-orm'
import { bigint, boolean, id, index, integer, json, primaryKey, table, text, uniqueIndex } from '#drizzle/columns/kit'
import type { ErrorCode, ErrorParams } from '#shared/error-codes'
import { JOB_KINDS } from '#shared/job-rules'
import { setOfBooks } from './account-sets.ts'

/**
 * A job: a request to import, reset or delete many orders. An import's work is the orders' own place in the queue; the
 * other kinds are worked off item by item.
 */
export const importBatches = table(
  'import_batches',
  {
    id: id(),
    setOfBookId: bigint('set_of_book_id')
      .notNull()
      .references(() => setOfBooks.id, { onDelete: 'cascade' }),
    kind: text({ enum: JOB_KINDS }).notNull().default('import'),
    createdAt: bigint('created_at').notNull(),
    createdUser: text('created_user').notNull(),
    /** From where it was asked for, for the audit of what it does. */
    address: text().notNull().default(''),
    /** Through which session C8 is spoken to first. */
    sessionId: bigint('session_id'),
    total: integer().notNull(),
    /** The ids of the orders that are not items yet; `null` once all are. */
    selection: json().$type<number[]>(),
    /** Set from when a cancellation is asked for until nothing is left of it. */
    isCancelling: boolean('is_cancelling').notNull().default(false),
    /** The day, as `YYYY-MM-DD` in the shop's zone, whose automatic imports these are. */
    automaticDay: text('automatic_day'),
  },
  (table) => [
    index('import_batches_set_of_book').on(table.setOfBookId),
    uniqueIndex('import_batches_automatic_day').on(table.setOfBookId, table.automaticDay),
  ],
)

export const importBatchItems = table(
  'import_batch_items',
  {
    batchId: bigint('batch_id')
      .notNull()
      .references(() => importBatches.id, { onDelete: 'cascade' }),
    orderId: bigint('order_id').notNull(),
    /** Kept beside the id, so that a failure can be read after its order is deleted. */
    transId: text('trans_id').notNull(),
    /** `imported` of an import, `done` of the other kinds. */
    outcome: text({ enum: ['pending', 'imported', 'done', 'failed', 'cancelled'] }).notNull(),
    reason: text(),
    reasonCode: text('reason_code').$type<ErrorCode>(),
    reasonParams: json('reason_params').$type<ErrorParams>(),
  },
  (table) => [
    primaryKey({ columns: [table.batchId, table.orderId] }),
    index('import_batch_items_pending')
      .on(table.orderId)
      .where(sql`outcome = 'pending'`),
    index('import_batch_items_failed')
      .on(table.orderId)
      .where(sql`outcome = 'failed'`),
    index('import_batch_items_open')
      .on(table.batchId, table.orderId)
      .where(sql`outcome = 'pending'`),
  ],
)
