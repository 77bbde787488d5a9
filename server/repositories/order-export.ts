import { setImmediate as nextTurn } from 'node:timers/promises'
import { and, asc, gt, or, sql } from 'drizzle-orm'
import { orders } from '#drizzle/schema'
import type { ImportState } from '#shared/import-state'
import type { OrderStatus } from '#shared/order-status'
import type { OrderFilter } from '#shared/orders'
import { useStorage } from '../db/client.ts'
import { readCabinetNames } from './cabinets.ts'
import type { NamedOrderRecord } from './order-queries.ts'
import { ordersMatch } from './order-filter.ts'
import type { Window } from './order-totals.ts'

/** Some milliseconds of reading: between two slices goBox gets its turn. */
const SLICE = 100

const {
  id,
  transId,
  status,
  eId,
  devId,
  createTime,
  updateTime,
  totalAmount,
  products,
  importState,
  importError,
  importedAt,
  importedUser,
  retailCode,
} = orders
const columns = {
  id,
  transId,
  status,
  eId,
  devId,
  createTime,
  updateTime,
  totalAmount,
  products,
  importState,
  importError,
  importedAt,
  importedUser,
  retailCode,
}

/** What an export tells of an order. */
export type ExportRecord = Pick<NamedOrderRecord, keyof typeof columns | 'deviceName'>

/** `columns` as SQLite gives them. */
type Values = [
  id: number,
  transId: string,
  status: OrderStatus,
  eId: string,
  devId: number,
  createTime: number,
  updateTime: number,
  totalAmount: number,
  products: string,
  importState: ImportState,
  importError: string | null,
  importedAt: number | null,
  importedUser: string | null,
  retailCode: string | null,
]

/** By hand, as Drizzle's own mapping takes as long as the reading. */
function toRecord(values: unknown[], names: Map<number, string>): ExportRecord {
  const [
    id,
    transId,
    status,
    eId,
    devId,
    createTime,
    updateTime,
    totalAmount,
    products,
    importState,
    importError,
    importedAt,
    importedUser,
    retailCode,
  ] = values as Values
  return {
    id,
    transId,
    status,
    eId,
    devId,
    createTime,
    updateTime,
    totalAmount,
    products: JSON.parse(products),
    importState,
    importError,
    importedAt,
    importedUser,
    retailCode,
    deviceName: names.get(devId) ?? null,
  }
}

/**
 * The orders that match, oldest first, a slice at a time. Each slice is a read of its own, so that a slow client keeps no snapshot open, for which
 * the WAL would have to grow; an order that changes meanwhile comes as it is when its slice is read.
 */
export async function* readOrders(
  setOfBookId: number,
  filter: OrderFilter,
  newestFirst: Window[],
): AsyncGenerator<ExportRecord[]> {
  const placeholder = (name: string) => sql`${sql.placeholder(name)}`
  const { db } = useStorage()
  const names = await readCabinetNames(setOfBookId)
  const statement = db
    .select(columns)
    .from(orders)
    .where(
      and(
        ordersMatch(setOfBookId, filter, { from: placeholder('from'), to: placeholder('to') }),
        // Beside the span, which begins at the same time: SQLite then enters the index at the right place.
        or(gt(orders.createTime, placeholder('from')), gt(orders.id, placeholder('after'))),
      ),
    )
    .orderBy(asc(orders.createTime), asc(orders.id))
    .limit(SLICE)
    .prepare()
  for (const window of newestFirst.toReversed()) {
    let from = window.from
    let after = 0
    while (true) {
      const rows = statement.values({ from, after, to: window.to }).map((row) => toRecord(row, names))
      if (rows.length > 0) yield rows
      await nextTurn()
      if (rows.length < SLICE) break
      const last = rows.at(-1)!
      from = last.createTime
      after = last.id
    }
  }
}
