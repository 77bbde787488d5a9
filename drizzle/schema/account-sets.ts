import { bigint, boolean, id, index, integer, json, key, table, text } from '#drizzle/columns/kit'
import type { ErrorCode, ErrorParams } from '#shared/error-codes'

export const setOfBooks = table('set_of_books', {
  id: id(),
  setOfBook: text('set_of_book').notNull().unique(),
  /** What people call it; C8 knows it by `set_of_book` alone. */
  name: text(),
  /** The C8 whose first log-in made this row; no other may ever answer for it. */
  c8Origin: text('c8_origin').notNull(),
  appKeySealed: text('app_key_sealed'),
  userName: text('user_name'),
  accessTokenSealed: text('access_token_sealed'),
  tokenCreatedAt: bigint('token_created_at'),
  expiredAt: bigint('expired_at'),
  tokenSealed: text('token_sealed').notNull(),
  tokenHash: text('token_hash').notNull().unique(),
  /** Why the import queue rests, in Chinese; the next log-in clears it. */
  importPausedReason: text('import_paused_reason'),
  importPausedCode: text('import_paused_code').$type<ErrorCode>(),
  importPausedParams: json('import_paused_params').$type<ErrorParams>(),
  /** When C8's look-up of documents was found to answer whatever is asked; `null` while it works. */
  lookupBrokenAt: bigint('lookup_broken_at'),
  /** When that was last found out, either way. */
  lookupCheckedAt: bigint('lookup_checked_at'),
  /** When goBox last called the webhook; written at most once a minute. */
  lastWebhookAt: bigint('last_webhook_at'),
  /** When goBox last answered a download, whoever asked. */
  lastDownloadAt: bigint('last_download_at'),
  /** Names who is getting a new goBox access token; the others wait for it. */
  renewalLease: text('renewal_lease'),
  /** When a download last brought an order that was not here. */
  lastNewOrderAt: bigint('last_new_order_at'),
  /** Since when, and why, goBox issues no access token for the credentials; `null` while it does. */
  goboxRefusedAt: bigint('gobox_refused_at'),
  goboxRefusal: text('gobox_refusal'),
  goboxRefusalCode: text('gobox_refusal_code').$type<ErrorCode>(),
  goboxRefusalParams: json('gobox_refusal_params').$type<ErrorParams>(),
  updatedAt: bigint('updated_at'),
  updatedUser: text('updated_user'),
})

/** Local tokens that were replaced and are still good for a while, so that goBox can be switched over. */
export const replacedTokens = table('replaced_tokens', {
  tokenHash: text('token_hash').primaryKey(),
  setOfBookId: bigint('set_of_book_id')
    .notNull()
    .references(() => setOfBooks.id, { onDelete: 'cascade' }),
  goodUntil: bigint('good_until').notNull(),
})

export const sessions = table(
  'sessions',
  {
    id: id(),
    tokenHash: text('token_hash').notNull().unique(),
    setOfBookId: bigint('set_of_book_id')
      .notNull()
      .references(() => setOfBooks.id, { onDelete: 'cascade' }),
    userName: text('user_name').notNull(),
    accessLevel: integer('access_level').notNull(),
    c8TokenSealed: text('c8_token_sealed').notNull(),
    createdAt: bigint('created_at').notNull(),
    expiresAt: bigint('expires_at').notNull(),
  },
  (table) => [index('sessions_set_of_book').on(table.setOfBookId)],
)

/** One row that only the key of all `*_sealed` columns opens, so that a wrong key is noticed at the start. */
export const keyChecks = table('key_checks', {
  id: key(),
  checkSealed: text('check_sealed').notNull(),
})

/** What runs by itself for an account set, and through whose C8 token. */
export const automations = table('automations', {
  setOfBookId: key('set_of_book_id').references(() => setOfBooks.id, { onDelete: 'cascade' }),
  downloads: boolean().notNull(),
  downloadMinutes: integer('download_minutes').notNull(),
  imports: boolean().notNull(),
  importDelayMinutes: integer('import_delay_minutes').notNull(),
  /** Orders made before this are left to the clerk. */
  importSince: bigint('import_since').notNull(),
  enabledUser: text('enabled_user').notNull(),
  /** `null` once C8 has refused it; the user's next log-in puts a new one here. */
  c8TokenSealed: text('c8_token_sealed'),
  /** Everything that goBox has up to here has been fetched. */
  downloadCursor: bigint('download_cursor').notNull(),
  /** When the last download by itself ended, well or not. */
  lastAttemptAt: bigint('last_attempt_at'),
  lastDownloadError: text('last_download_error'),
  lastDownloadErrorCode: text('last_download_error_code').$type<ErrorCode>(),
  lastDownloadErrorParams: json('last_download_error_params').$type<ErrorParams>(),
  /** The day, as `YYYY-MM-DD` in the shop's zone, on which the last days were last looked at again. */
  lastReviewDay: text('last_review_day'),
  /** The same for the long look back of each week. */
  lastLongReviewDay: text('last_long_review_day'),
  /** Everything made from then on has been asked for at least once; `null`: nothing yet. */
  coveredSince: bigint('covered_since'),
  /** How old an order was at most that a look back found, though goBox had been asked for its time before. */
  lateBy: bigint('late_by').notNull().default(0),
  /** Whether a day is closed once a check of it leaves no difference. */
  closeDays: boolean('close_days').notNull().default(false),
})
