import { bigint, boolean, id, index, integer, json, key, table, text, uniqueIndex } from '#drizzle/columns/kit'
import type { ErrorCode, ErrorParams } from '#shared/error-codes'
import { setOfBooks } from './account-sets.ts'

/**
 * What could not be understood, as it came, until somebody has looked at it: one entry an order, with the newest text.
 */
export const rejectedMessages = table(
  'rejected_messages',
  {
    id: id(),
    setOfBookId: bigint('set_of_book_id')
      .notNull()
      .references(() => setOfBooks.id, { onDelete: 'cascade' }),
    /** Names the order, or the text where that names none; `null`: kept by an earlier release. */
    messageKey: text('message_key'),
    transId: text('trans_id'),
    /** When the newest came, and the first; the latter is `null` where it is the same. */
    receivedAt: bigint('received_at').notNull(),
    firstAt: bigint('first_at'),
    /** How many came. */
    count: integer().notNull().default(1),
    source: text({ enum: ['webhook', 'download'] }).notNull(),
    body: text().notNull(),
    /** Whether `body` is only the beginning of the message. */
    truncated: boolean().notNull(),
    reason: text().notNull(),
    reasonCode: text('reason_code').$type<ErrorCode>(),
    reasonParams: json('reason_params').$type<ErrorParams>(),
  },
  (table) => [
    index('rejected_messages_received_at').on(table.setOfBookId, table.receivedAt, table.id),
    uniqueIndex('rejected_messages_key').on(table.setOfBookId, table.messageKey),
  ],
)

/** How many messages of an account set are kept, and how many were pushed out by newer ones. */
export const rejectedTotals = table('rejected_totals', {
  setOfBookId: key('set_of_book_id').references(() => setOfBooks.id, { onDelete: 'cascade' }),
  kept: integer().notNull(),
  pushedOut: bigint('pushed_out').notNull(),
  lastPushedOutAt: bigint('last_pushed_out_at'),
})
