import { bigint, id, index, json, table, text } from '#drizzle/columns/kit'
import { AUDIT_EVENTS, type AuditDetail } from '#shared/audit'

/**
 * Who did what, kept a year; triggers make the database refuse any change of it. Not bound to its account
 * set, which it outlives.
 */
export const auditEntries = table(
  'audit_entries',
  {
    id: id(),
    at: bigint().notNull(),
    /** `null`: a failed log-in to an account set that is not known here. */
    setOfBookId: bigint('set_of_book_id'),
    user: text().notNull(),
    /** Where the request came from. */
    address: text().notNull(),
    event: text({ enum: AUDIT_EVENTS }).notNull(),
    detail: json().$type<AuditDetail>(),
  },
  (table) => [
    index('audit_entries_set_of_book').on(table.setOfBookId, table.at, table.id),
    index('audit_entries_at').on(table.at),
  ],
)
