import { bigint, id, index, integer, table, text, uniqueIndex } from '#drizzle/columns/kit'
import type { BillType } from '#shared/devices'
import { devices } from './devices.ts'
import { ownedBySet } from './settlements.ts'

/** The configurations of a cabinet, the newest with the largest id; `effectiveFrom` `null`: for orders of any day. */
export const deviceVersions = table(
  'device_versions',
  {
    id: id(),
    deviceId: bigint('device_id')
      .notNull()
      .references(() => devices.id, { onDelete: 'cascade' }),
    effectiveFrom: text('effective_from'),
    name: text().notNull(),
    storeId: bigint('store_id').notNull(),
    bankId: bigint('bank_id').notNull(),
    memberId: bigint('member_id').notNull(),
    employeeId: bigint('employee_id').notNull(),
    billType: integer('bill_type').$type<BillType>().notNull(),
    user: text().notNull(),
    at: bigint().notNull(),
  },
  (table) => [index('device_versions_device').on(table.deviceId, table.id)],
)

/** Which barcode of C8 stands for one of goBox; an empty `effectiveFrom`: for orders of any day. */
export const barcodeAliases = table(
  'barcode_aliases',
  {
    id: id(),
    setOfBookId: ownedBySet(),
    barcode: text().notNull(),
    c8Barcode: text('c8_barcode').notNull(),
    effectiveFrom: text('effective_from').notNull(),
    note: text(),
  },
  (table) => [uniqueIndex('barcode_aliases_barcode').on(table.setOfBookId, table.barcode, table.effectiveFrom)],
)
