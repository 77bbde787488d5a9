import { bigint, id, integer, primaryKey, table, text, uniqueIndex } from '#drizzle/columns/kit'
import type { BillType } from '#shared/devices'
import { setOfBooks } from './account-sets.ts'

export const devices = table(
  'devices',
  {
    id: id(),
    setOfBookId: bigint('set_of_book_id')
      .notNull()
      .references(() => setOfBooks.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    devId: bigint('dev_id').notNull(),
    storeId: bigint('store_id').notNull(),
    bankId: bigint('bank_id').notNull(),
    memberId: bigint('member_id').notNull(),
    employeeId: bigint('employee_id').notNull(),
    billType: integer('bill_type').$type<BillType>().notNull(),
    createdAt: bigint('created_at').notNull(),
    createdUser: text('created_user').notNull(),
    updatedAt: bigint('updated_at'),
    updatedUser: text('updated_user'),
  },
  (table) => [uniqueIndex('devices_dev_id').on(table.setOfBookId, table.devId)],
)

/** Cabinets that sent a time more than a day ahead of the clock: the last one of each. */
export const oddClocks = table(
  'odd_clocks',
  {
    setOfBookId: bigint('set_of_book_id')
      .notNull()
      .references(() => setOfBooks.id, { onDelete: 'cascade' }),
    devId: bigint('dev_id').notNull(),
    /** When it came, which order it was about, and the time that it bore. */
    lastAt: bigint('last_at').notNull(),
    transId: text('trans_id').notNull(),
    updateTime: bigint('update_time').notNull(),
  },
  (table) => [primaryKey({ columns: [table.setOfBookId, table.devId] })],
)
