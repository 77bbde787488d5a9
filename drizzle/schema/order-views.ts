import { boolean, id, index, primaryKey, table, text, uniqueIndex } from '#drizzle/columns/kit'
import { ownedBySet } from './settlements.ts'

/** Names for states of the order list: the owner’s alone, or `shared` with the whole account set. */
export const orderViews = table(
  'order_views',
  {
    id: id(),
    setOfBookId: ownedBySet(),
    owner: text().notNull(),
    name: text().notNull(),
    /** The state as the list's address has it, in one order of its parts. */
    query: text().notNull(),
    shared: boolean().notNull(),
  },
  (table) => [
    uniqueIndex('order_views_name').on(table.setOfBookId, table.owner, table.name),
    index('order_views_shared').on(table.setOfBookId, table.shared),
  ],
)

/** Which view a user's list opens with: a saved one's id, or the name of one that is always there. */
export const orderViewDefaults = table(
  'order_view_defaults',
  {
    setOfBookId: ownedBySet(),
    user: text().notNull(),
    view: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.setOfBookId, table.user] })],
)
