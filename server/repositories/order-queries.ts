import { and, asc, desc, eq, getTableColumns, lte, max as maxOf } from 'drizzle-orm'
import { devices } from '#drizzle/schema/devices'
import { orders } from '#drizzle/schema/orders'
import type { OrderFilter, OrderQuery, OrderSort } from '#shared/orders'
import { useStorage, type Reader } from '../storage/engine.ts'
import { nextTurn, Pace } from '../turns.ts'
import { asksForText, ordersMatch, type Span } from './order-filter.ts'
import { addTotals, findWindows, SLICE, type Totals, type Window } from './order-totals.ts'
import type { OrderRecord } from './orders.ts'

/** An order with its cabinet's name, `null` when that is not configured. */
export type NamedOrderRecord = OrderRecord & { deviceName: string | null }

/** Aborts when the client disconnects. */
type Client = AbortSignal

/** Whether no index leads to what is asked for, so that all orders must be read: for part of a text, or by amount. */
export function readsAll(query: OrderFilter & Partial<Pick<OrderQuery, 'sort'>>): boolean {
  const { trans_id: transId, sort } = query
  return Boolean(sort?.endsWith('total_amount')) || (transId === undefined && asksForText(query))
}

const named = (db: Reader) =>
  db
    .select({ ...getTableColumns(orders), deviceName: devices.name })
    .from(orders)
    .leftJoin(devices, and(eq(devices.setOfBookId, orders.setOfBookId), eq(devices.devId, orders.devId)))

/** Reads window by window. Windows before the page are skipped unread, as their counts are known. */
async function idsByTime(db: Reader, setOfBookId: number, query: OrderQuery, newestFirst: Window[], client?: Client) {
  const order = query.sort === 'create_time' ? asc : desc
  const ids: number[] = []
  let skip = query.start
  for (const window of order === asc ? newestFirst.toReversed() : newestFirst) {
    if (ids.length === query.limit) break
    if (skip < window.orders) {
      const rows = await db
        .select({ id: orders.id })
        .from(orders)
        .where(ordersMatch(setOfBookId, query, window))
        .orderBy(order(orders.createTime), order(orders.id))
        .limit(query.limit - ids.length)
        .offset(skip)
      ids.push(...rows.map((row) => row.id))
      if (client) await nextTurn(client)
    }
    skip = Math.max(0, skip - window.orders)
  }
  return ids
}

/** Merges neighbouring windows into groups of about `size` orders. */
function* groupWindows(windows: Window[], size: number): Generator<Span> {
  let group: Window[] = []
  let held = 0
  for (const window of windows) {
    group.push(window)
    held += window.orders
    if (held < size && window !== windows.at(-1)) continue
    yield { from: group.at(-1)!.from, to: group[0]!.to }
    group = []
    held = 0
  }
}

/** The best of each slice, merged: no index is sorted by amount, see `MAX_START_BY_AMOUNT`. */
async function idsByAmount(db: Reader, setOfBookId: number, query: OrderQuery, newestFirst: Window[], client?: Client) {
  const order = query.sort === 'total_amount' ? asc : desc
  const sign = query.sort === 'total_amount' ? 1 : -1
  let best: { id: number; amount: number }[] = []
  // With a text filter few of the orders that are read match, so windows are not merged.
  for (const span of asksForText(query) ? newestFirst : groupWindows(newestFirst, 10 * SLICE)) {
    const rows = await db
      .select({ id: orders.id, amount: orders.totalAmount })
      .from(orders)
      .where(ordersMatch(setOfBookId, query, span))
      .orderBy(order(orders.totalAmount), order(orders.id))
      .limit(query.start + query.limit)
    best = [...best, ...rows]
      .sort((a, b) => sign * (a.amount - b.amount || a.id - b.id))
      .slice(0, query.start + query.limit)
    await nextTurn(client)
  }
  return best.slice(query.start).map((row) => row.id)
}

/** Only refunds are sorted by this, and they are few. */
async function idsByUpdateTime(db: Reader, setOfBookId: number, query: OrderQuery, windows: Window[]) {
  if (windows.length === 0) return []
  const span = { from: windows.at(-1)!.from, to: windows[0]!.to }
  const rows = await db
    .select({ id: orders.id })
    .from(orders)
    .where(ordersMatch(setOfBookId, query, span))
    .orderBy(asc(orders.updateTime), asc(orders.id))
    .limit(query.limit)
    .offset(query.start)
  return rows.map(({ id }) => id)
}

const FINDERS: Record<OrderSort, typeof idsByTime> = {
  '-create_time': idsByTime,
  create_time: idsByTime,
  '-total_amount': idsByAmount,
  total_amount: idsByAmount,
  update_time: idsByUpdateTime,
}

/** Orders in the first slice of a page and in the largest. */
const FIRST_SLICE = 8
const LARGEST_SLICE = 256

/** Orders in slices; each is read once the one before has been consumed. */
type Slices = AsyncGenerator<NamedOrderRecord[]>

/** The orders in the sequence of `ids`, leaving out any deleted meanwhile. */
async function* readByIds(ids: number[], client?: Client): Slices {
  const { db, dialect } = useStorage()
  const pace = new Pace(FIRST_SLICE, LARGEST_SLICE)
  for (let rest = ids; rest.length > 0;) {
    pace.begin()
    const slice = rest.slice(0, pace.size)
    rest = rest.slice(slice.length)
    const found = await named(db).where(dialect.isAmong(orders.id, slice))
    const rows = new Map(found.map((row) => [row.id, row]))
    yield slice.flatMap((id) => rows.get(id) ?? [])
    pace.end()
    await nextTurn(client)
  }
}

/**
 * A page of the orders that match, in the order asked for, with how many match and their sums in fen. Which orders
 * those are is settled at once; they are read while they are taken, slice by slice.
 */
export async function queryOrders(
  setOfBookId: number,
  query: OrderQuery,
  client?: Client,
): Promise<Totals & { total: number; rows: Slices }> {
  const isLong = readsAll(query)
  const read = async (db: Reader) => {
    const windows = await findWindows(setOfBookId, query, { db, client })
    const find = FINDERS[query.sort]
    return {
      totals: addTotals(windows),
      ids: await find(db, setOfBookId, query, windows, isLong ? client : undefined),
    }
  }
  // A read in slices is no snapshot.
  const { db, snapshot } = useStorage()
  const { ids, totals } = isLong ? await read(db) : await snapshot(read)
  return { ...totals, total: totals.orders, rows: readByIds(ids, client) }
}

/**
 * The ids of the first `max` orders that match, newest first, of those that are there when this is asked: it reads for
 * long, and orders that arrive meanwhile are left out.
 */
export async function findOrderIds(setOfBookId: number, filter: OrderFilter, max: number): Promise<number[]> {
  const { db } = useStorage()
  const [newest] = await db.select({ id: maxOf(orders.id) }).from(orders)
  const ids: number[] = []
  for (const window of await findWindows(setOfBookId, filter)) {
    if (ids.length >= max) break
    await nextTurn()
    const rows = await db
      .select({ id: orders.id })
      .from(orders)
      .where(and(ordersMatch(setOfBookId, filter, window), lte(orders.id, newest!.id ?? 0)))
      .orderBy(desc(orders.createTime), desc(orders.id))
      .limit(max - ids.length)
    ids.push(...rows.map((row) => row.id))
  }
  return ids
}
