import { asc, sql } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import { c8IdFromText } from '#shared/c8-id'
import type { ImportState } from '#shared/import-state'
import type { OrderStatus } from '#shared/order-status'
import type { OrderFilter } from '#shared/orders'
import { useStorage } from '../storage/engine.ts'
import { nextTurn, Pace } from '../turns.ts'
import { readCabinetNames } from './cabinets.ts'
import type { NamedOrderRecord } from './order-queries.ts'
import { behind, boundsOf, forSpans, ordersMatch, type Span } from './order-filter.ts'
import type { Window } from './order-totals.ts'

/** Orders in the first slice and in the largest: between two of them goBox gets its turn. */
const FIRST_SLICE = 10
const LARGEST_SLICE = 100

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
  retailId,
  retailCode,
  createdAt,
  createdUser,
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
  retailId,
  retailCode,
  createdAt,
  createdUser,
}

/** The columns of an order in an export. */
export type ExportRecord = Pick<NamedOrderRecord, keyof typeof columns | 'deviceName'>

/** `columns` as `prepareRows` gives them. */
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
  retailId: string | null,
  retailCode: string | null,
  createdAt: number,
  createdUser: string,
]

/** By hand, as Drizzle's own mapping takes as long as the reading. */
function toRecord(values: unknown[], names: Map<number, string>): ExportRecord {
  const [id, transId, status, eId, devId, createTime, updateTime, totalAmount, products, ...rest] = values as Values
  const [importState, importError, importedAt, importedUser, retailId, retailCode, createdAt, createdUser] = rest
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
    retailId: retailId === null ? null : c8IdFromText(retailId),
    retailCode,
    createdAt,
    createdUser,
    deviceName: names.get(devId) ?? null,
  }
}

/**
 * The orders that match, oldest first, a slice at a time. Each slice is a read of its own, so that a slow client keeps
 * no snapshot open, for which the WAL would have to grow; an order that changes meanwhile comes as it is when its slice
 * is read.
 */
export async function* readOrders(
  setOfBookId: number,
  filter: OrderFilter,
  newestFirst: Window[],
  client?: AbortSignal,
): AsyncGenerator<ExportRecord[]> {
  const { db, prepareRows } = useStorage()
  const names = await readCabinetNames(setOfBookId)
  const readerFor = forSpans((isWithin) =>
    prepareRows(
      db
        .select(columns)
        .from(orders)
        .where(ordersMatch(setOfBookId, filter, isWithin))
        .orderBy(asc(orders.createTime), asc(orders.id))
        .limit(sql.placeholder('limit')),
    ),
  )
  const pace = new Pace(FIRST_SLICE, LARGEST_SLICE)
  // The remaining spans, the next one last.
  const left: Span[] = [...newestFirst]
  for (let span = left.pop(); span; span = left.pop()) {
    pace.begin()
    const limit = pace.size
    const rows = (await readerFor(span)({ ...boundsOf(span), limit })).map((row) => toRecord(row, names))
    if (rows.length > 0) yield rows
    pace.end()
    await nextTurn(client)
    if (rows.length === limit) left.push(...behind(span, rows.at(-1)!).toReversed())
  }
}
