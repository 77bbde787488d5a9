import { sql } from 'drizzle-orm'
import { customType, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { C8Id } from '#server/connectors/c8'
import { parseJson } from '#server/utils/parse-json'
import { AUDIT_EVENTS, type AuditDetail } from '#shared/audit'
import type { BillType } from '#shared/devices'
import { IMPORT_STATES } from '#shared/import-state'
import type { OrderStatus } from '#shared/order-status'
import type { OrderLine } from '#shared/orders'

/** C8's id as JSON, so that a number stays a number of all its digits and text stays text. */
const c8Id = customType<{ data: C8Id; driverData: string }>({
  dataType: () => 'text',
  toDriver: (id) => JSON.stringify(id),
  fromDriver: (text) => parseJson(text) as C8Id,
})

/* Times are milliseconds since the epoch (UTC), amounts integer fen. Columns named *_sealed hold what db/seal.ts encrypted. */

export const setOfBooks = sqliteTable('set_of_books', {
  id: integer().primaryKey({ autoIncrement: true }),
  setOfBook: text('set_of_book').notNull().unique(),
  /** The C8 whose first log-in made this row; no other may ever answer for it. */
  c8Origin: text('c8_origin').notNull(),
  appKeySealed: text('app_key_sealed'),
  userName: text('user_name'),
  accessTokenSealed: text('access_token_sealed'),
  tokenCreatedAt: integer('token_created_at'),
  expiredAt: integer('expired_at'),
  tokenSealed: text('token_sealed').notNull(),
  tokenHash: text('token_hash').notNull().unique(),
  /** Why the import queue rests, in Chinese; the next log-in clears it. */
  importPausedReason: text('import_paused_reason'),
  /** When goBox last called the webhook; written at most once a minute. */
  lastWebhookAt: integer('last_webhook_at'),
  /** When goBox last answered a download, whoever asked. */
  lastDownloadAt: integer('last_download_at'),
  updatedAt: integer('updated_at'),
  updatedUser: text('updated_user'),
})

/** Local tokens that were replaced and are still good for a while, so that goBox can be switched over. */
export const replacedTokens = sqliteTable('replaced_tokens', {
  tokenHash: text('token_hash').primaryKey(),
  setOfBookId: integer('set_of_book_id')
    .notNull()
    .references(() => setOfBooks.id, { onDelete: 'cascade' }),
  goodUntil: integer('good_until').notNull(),
})

export const sessions = sqliteTable(
  'sessions',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    tokenHash: text('token_hash').notNull().unique(),
    setOfBookId: integer('set_of_book_id')
      .notNull()
      .references(() => setOfBooks.id, { onDelete: 'cascade' }),
    userName: text('user_name').notNull(),
    accessLevel: integer('access_level').notNull(),
    c8TokenSealed: text('c8_token_sealed').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [index('sessions_set_of_book').on(table.setOfBookId)],
)

export const devices = sqliteTable(
  'devices',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    setOfBookId: integer('set_of_book_id')
      .notNull()
      .references(() => setOfBooks.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    devId: integer('dev_id').notNull(),
    storeId: integer('store_id').notNull(),
    bankId: integer('bank_id').notNull(),
    memberId: integer('member_id').notNull(),
    employeeId: integer('employee_id').notNull(),
    billType: integer('bill_type').$type<BillType>().notNull(),
    createdAt: integer('created_at').notNull(),
    createdUser: text('created_user').notNull(),
    updatedAt: integer('updated_at'),
    updatedUser: text('updated_user'),
  },
  (table) => [uniqueIndex('devices_dev_id').on(table.setOfBookId, table.devId)],
)

export const orders = sqliteTable(
  'orders',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    setOfBookId: integer('set_of_book_id')
      .notNull()
      .references(() => setOfBooks.id, { onDelete: 'cascade' }),
    transId: text('trans_id').notNull(),
    status: integer().$type<OrderStatus>().notNull(),
    eId: text('e_id').notNull(),
    devId: integer('dev_id').notNull(),
    createTime: integer('create_time').notNull(),
    updateTime: integer('update_time').notNull(),
    totalAmount: integer('total_amount').notNull(),
    products: text({ mode: 'json' }).$type<OrderLine[]>().notNull(),
    createdAt: integer('created_at').notNull(),
    createdUser: text('created_user').notNull(),
    importState: text('import_state', { enum: IMPORT_STATES }).notNull().default('idle'),
    /** Names the attempt that may change the import state now; `null` when none runs. */
    importLease: text('import_lease'),
    importAttempts: integer('import_attempts').notNull().default(0),
    /** When the queue takes the order up; `null` while it waits for a person. */
    importDueAt: integer('import_due_at'),
    importError: text('import_error'),
    /** Set by a reset or a cancelled batch: a person has decided, so the import that runs by itself leaves it alone. */
    importHeld: integer('import_held', { mode: 'boolean' }).notNull().default(false),
    /** Who asked for the import, and through which session C8 is spoken to. */
    importUser: text('import_user'),
    importSessionId: integer('import_session_id'),
    /** Set while C8 may still carry out a create that it has not answered. */
    createUnansweredAt: integer('create_unanswered_at'),
    importedAt: integer('imported_at'),
    importedUser: text('imported_user'),
    retailId: c8Id('retail_id'),
    retailCode: text('retail_code'),
  },
  (table) => [
    uniqueIndex('orders_trans_id').on(table.setOfBookId, table.transId),
    // Gives every filter's page in the order it is shown. The totals (server/db/order-totals.ts) count and say where to begin, so that
    // this one index serves all filters: each further one costs every message that goBox sends.
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
      .on(table.setOfBookId, table.importDueAt)
      .where(sql`import_due_at is not null`),
    index('orders_import_lease')
      .on(table.id)
      .where(sql`import_lease is not null`),
  ],
)

/** What happened to an order after it was received (that it was, stands in the order itself). */
export const orderEvents = sqliteTable(
  'order_events',
  {
    orderId: integer('order_id')
      .notNull()
      .references(() => orders.id, { onDelete: 'cascade' }),
    sequence: integer().notNull(),
    at: integer().notNull(),
    user: text().notNull(),
    event: text({
      enum: ['changed', 'queued', 'sending', 'created', 'imported', 'failed', 'retried', 'cancelled', 'reset'],
    }).notNull(),
    detail: text({ mode: 'json' }).$type<Record<string, unknown>>(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.sequence] })],
)

/** A request to import many orders; the work itself is the orders' own place in the queue. */
export const importBatches = sqliteTable(
  'import_batches',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    setOfBookId: integer('set_of_book_id')
      .notNull()
      .references(() => setOfBooks.id, { onDelete: 'cascade' }),
    createdAt: integer('created_at').notNull(),
    createdUser: text('created_user').notNull(),
    total: integer().notNull(),
  },
  (table) => [index('import_batches_set_of_book').on(table.setOfBookId)],
)

export const importBatchItems = sqliteTable(
  'import_batch_items',
  {
    batchId: integer('batch_id')
      .notNull()
      .references(() => importBatches.id, { onDelete: 'cascade' }),
    orderId: integer('order_id').notNull(),
    /** Kept beside the id, so that a failure can be read after its order is deleted. */
    transId: text('trans_id').notNull(),
    outcome: text({ enum: ['pending', 'imported', 'failed', 'cancelled'] }).notNull(),
    reason: text(),
  },
  (table) => [
    primaryKey({ columns: [table.batchId, table.orderId] }),
    index('import_batch_items_pending')
      .on(table.orderId)
      .where(sql`outcome = 'pending'`),
  ],
)

/** Who did what, kept a year; db/audit-guard.ts makes the database refuse any change of it. Not bound to its account set, which it outlives. */
export const auditEntries = sqliteTable(
  'audit_entries',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    at: integer().notNull(),
    /** `null`: a failed log-in to an account set that is not known here. */
    setOfBookId: integer('set_of_book_id'),
    user: text().notNull(),
    /** Where the request came from. */
    address: text().notNull(),
    event: text({ enum: AUDIT_EVENTS }).notNull(),
    detail: text({ mode: 'json' }).$type<AuditDetail>(),
  },
  (table) => [
    index('audit_entries_set_of_book').on(table.setOfBookId, table.at, table.id),
    index('audit_entries_at').on(table.at),
  ],
)

/** One row that only the key of all `*_sealed` columns opens, so that a wrong key is noticed at the start. */
export const keyChecks = sqliteTable('key_checks', {
  id: integer().primaryKey(),
  checkSealed: text('check_sealed').notNull(),
})

/** What runs by itself for an account set, and through whose C8 token. */
export const automations = sqliteTable('automations', {
  setOfBookId: integer('set_of_book_id')
    .primaryKey()
    .references(() => setOfBooks.id, { onDelete: 'cascade' }),
  downloads: integer({ mode: 'boolean' }).notNull(),
  downloadMinutes: integer('download_minutes').notNull(),
  imports: integer({ mode: 'boolean' }).notNull(),
  importDelayMinutes: integer('import_delay_minutes').notNull(),
  /** Orders made before this are left to the clerk. */
  importSince: integer('import_since').notNull(),
  enabledUser: text('enabled_user').notNull(),
  /** `null` once C8 has refused it; the user's next log-in puts a new one here. */
  c8TokenSealed: text('c8_token_sealed'),
  /** Everything that goBox has up to here has been fetched. */
  downloadCursor: integer('download_cursor').notNull(),
  /** When the last download by itself ended, well or not. */
  lastAttemptAt: integer('last_attempt_at'),
  lastDownloadError: text('last_download_error'),
  /** The day, as `YYYY-MM-DD` in the shop's zone, on which the last days were last looked at again. */
  lastReviewDay: text('last_review_day'),
})

/** What the webhook could not understand, as it came, until somebody has looked at it. */
export const rejectedMessages = sqliteTable(
  'rejected_messages',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    setOfBookId: integer('set_of_book_id')
      .notNull()
      .references(() => setOfBooks.id, { onDelete: 'cascade' }),
    receivedAt: integer('received_at').notNull(),
    source: text({ enum: ['webhook', 'download'] }).notNull(),
    body: text().notNull(),
    /** Whether `body` is only the beginning of the message. */
    truncated: integer({ mode: 'boolean' }).notNull(),
    reason: text().notNull(),
  },
  (table) => [index('rejected_messages_set_of_book').on(table.setOfBookId)],
)
