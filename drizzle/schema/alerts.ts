import { sql } from 'drizzle-orm'
import { bigint, boolean, id, index, integer, json, primaryKey, table, text, uniqueIndex } from '#drizzle/columns/kit'
import type { AlertMessage } from '#shared/alert-message'
import { ALERT_TYPES, CHANNEL_TYPES } from '#shared/alerts'
import { SEVERITIES, type AttentionItem, type AttentionKind } from '#shared/attention'
import { setOfBooks } from './account-sets.ts'

/** What needs a person, from when it was first seen until it has been over for a while. */
export const attentionItems = table(
  'attention_items',
  {
    id: id(),
    setOfBookId: bigint('set_of_book_id')
      .notNull()
      .references(() => setOfBooks.id, { onDelete: 'cascade' }),
    kind: text().$type<AttentionKind>().notNull(),
    /** Tells the items of a kind apart. */
    key: text().notNull(),
    severity: text({ enum: SEVERITIES }).notNull(),
    /** As it was when it was last told or changed: what is over is still told of. */
    shown: json().$type<AttentionItem>().notNull(),
    since: bigint().notNull(),
    openedAt: bigint('opened_at').notNull(),
    /** When it was first missed; `null` while it lasts. */
    goneAt: bigint('gone_at'),
    snoozedUntil: bigint('snoozed_until'),
    snoozedUser: text('snoozed_user'),
    /** How grave it was then: grown graver, it is told all the same. */
    snoozedSeverity: text('snoozed_severity', { enum: SEVERITIES }),
  },
  (table) => [uniqueIndex('attention_items_key').on(table.setOfBookId, table.kind, table.key)],
)

/** Where an account set wants to be told. */
export const alertChannels = table(
  'alert_channels',
  {
    id: id(),
    setOfBookId: bigint('set_of_book_id')
      .notNull()
      .references(() => setOfBooks.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    type: text({ enum: CHANNEL_TYPES }).notNull(),
    urlSealed: text('url_sealed').notNull(),
    secretSealed: text('secret_sealed'),
    /** Stands in every message: a robot may refuse others. */
    keyword: text(),
    enabled: boolean().notNull(),
    minSeverity: text('min_severity', { enum: SEVERITIES }).notNull(),
    /** `HH:mm` in the shop's zone, like the quiet hours. */
    digestAt: text('digest_at'),
    /** When `digest_at` was set: a time that was over then is tomorrow's. */
    digestSince: bigint('digest_since').notNull(),
    quietFrom: text('quiet_from'),
    quietTo: text('quiet_to'),
    lastSentAt: bigint('last_sent_at'),
    /** Why the last sending failed; `null` after a good one. */
    lastError: text('last_error'),
    /** Until when one node alone sends through it. */
    leaseUntil: bigint('lease_until'),
    createdAt: bigint('created_at').notNull(),
  },
  (table) => [index('alert_channels_set_of_book').on(table.setOfBookId)],
)

/** A message to a channel, kept for a while after it was sent. Not bound to its channel, which it outlives. */
export const alertDeliveries = table(
  'alert_deliveries',
  {
    id: id(),
    setOfBookId: bigint('set_of_book_id')
      .notNull()
      .references(() => setOfBooks.id, { onDelete: 'cascade' }),
    channelId: bigint('channel_id').notNull(),
    type: text({ enum: ALERT_TYPES }).notNull(),
    severity: text({ enum: SEVERITIES }).notNull(),
    /** Names what must be told only once, such as a day's digest. */
    claim: text(),
    /** The same in each repetition, by which a receiver knows one. */
    messageId: text('message_id').notNull(),
    message: json().$type<AlertMessage>().notNull(),
    createdAt: bigint('created_at').notNull(),
    dueAt: bigint('due_at').notNull(),
    attempts: integer().notNull(),
    sentAt: bigint('sent_at'),
    error: text(),
    givenUpAt: bigint('given_up_at'),
  },
  (table) => [
    uniqueIndex('alert_deliveries_claim').on(table.channelId, table.claim),
    index('alert_deliveries_set_of_book').on(table.setOfBookId, table.id),
    index('alert_deliveries_open')
      .on(table.channelId, table.id)
      .where(sql`sent_at is null and given_up_at is null`),
  ],
)

/** Which item a channel was told of, and how grave it was. */
export const alertNotices = table(
  'alert_notices',
  {
    channelId: bigint('channel_id')
      .notNull()
      .references(() => alertChannels.id, { onDelete: 'cascade' }),
    itemId: bigint('item_id')
      .notNull()
      .references(() => attentionItems.id, { onDelete: 'cascade' }),
    severity: text({ enum: SEVERITIES }).notNull(),
    deliveryId: bigint('delivery_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.channelId, table.itemId] }), index('alert_notices_item').on(table.itemId)],
)
