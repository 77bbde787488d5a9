import { and, between, eq, inArray, not, notInArray, or, sql, type SQL } from 'drizzle-orm'
import { devices, orders } from '#drizzle/schema'
import { IMPORTED_STATES } from '#shared/import-state'
import { REFUND_STATUSES } from '#shared/order-status'
import type { OrderFilter } from '#shared/orders'
import type { cabinetTotals, dayTotals } from '../db/order-totals.ts'

const configured = (setOfBookId: number, name?: string) =>
  sql`(select ${devices.devId} from ${devices} where ${and(
    eq(devices.setOfBookId, setOfBookId),
    // instr, not LIKE: % and _ are plain characters here.
    name === undefined ? undefined : sql`instr(casefold(${devices.name}), casefold(${name})) > 0`,
  )})`

function cabinetMatches(
  table: typeof orders | typeof cabinetTotals,
  setOfBookId: number,
  filter: OrderFilter,
): SQL | undefined {
  return and(
    filter.dev_id === undefined ? undefined : eq(table.devId, filter.dev_id),
    filter.device_name === undefined
      ? undefined
      : sql`${table.devId} in ${configured(setOfBookId, filter.device_name)}`,
    filter.unconfigured === undefined
      ? undefined
      : sql`${table.devId} ${filter.unconfigured ? sql`not in` : sql`in`} ${configured(setOfBookId)}`,
  )
}

/** Whether the filter asks for something of the cabinet. */
export function asksForCabinet(filter: OrderFilter): boolean {
  return filter.dev_id !== undefined || filter.device_name !== undefined || filter.unconfigured !== undefined
}

/** The conditions on what the totals know as well as the orders, but for the time. */
export function factsMatch(
  table: typeof orders | typeof cabinetTotals | typeof dayTotals,
  setOfBookId: number,
  filter: OrderFilter,
): SQL {
  const refundedAfterImport = and(
    inArray(table.importState, [...IMPORTED_STATES]),
    inArray(table.status, [...REFUND_STATUSES]),
  )!
  return and(
    eq(table.setOfBookId, setOfBookId),
    'devId' in table ? cabinetMatches(table, setOfBookId, filter) : undefined,
    filter.status === undefined ? undefined : eq(table.status, filter.status),
    filter.import_state === undefined ? undefined : eq(table.importState, filter.import_state),
    filter.is_imported === undefined
      ? undefined
      : (filter.is_imported ? inArray : notInArray)(table.importState, [...IMPORTED_STATES]),
    filter.refunded_after_import === undefined
      ? undefined
      : filter.refunded_after_import
        ? refundedAfterImport
        : not(refundedAfterImport),
  )!
}

const contains = (column: SQL | typeof orders.transId, text: string) =>
  sql`${column} like ${`%${text.replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`

/** Whether only the orders themselves can say what matches. */
export function asksForText(filter: OrderFilter): boolean {
  return filter.trans_id !== undefined || filter.q !== undefined || filter.barcode !== undefined
}

function textMatches({ trans_id: transId, q, barcode }: OrderFilter): SQL | undefined {
  return and(
    transId === undefined ? undefined : eq(orders.transId, transId),
    q === undefined
      ? undefined
      : or(
          contains(orders.transId, q),
          contains(sql`${orders.createdUser}`, q),
          contains(sql`${orders.importedUser}`, q),
        ),
    // Most orders are told apart by their text, without reading it as JSON.
    barcode === undefined
      ? undefined
      : and(
          sql`instr(${orders.products}, ${JSON.stringify(barcode)}) > 0`,
          sql`exists (select 1 from json_each(${orders.products}) where value ->> 'barcode' = ${barcode})`,
        ),
  )
}

/** Bounds of a time, both inclusive. */
export interface Span {
  from: number
  to: number
}

/** All conditions of the filter on orders between two times; its own dates are in the span. */
export function ordersMatch(
  setOfBookId: number,
  filter: OrderFilter,
  { from, to }: { from: number | SQL; to: number | SQL },
): SQL {
  return and(factsMatch(orders, setOfBookId, filter), between(orders.createTime, from, to), textMatches(filter))!
}
