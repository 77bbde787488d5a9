import { setImmediate as nextTurn } from 'node:timers/promises'
import { and, asc, desc, eq, getTableColumns, inArray, sql } from 'drizzle-orm'
import { devices, orders } from '#drizzle/schema'
import type { OrderFilter, OrderQuery } from '#shared/orders'
import { useStorage } from '../db/client.ts'
import { ordersMatch, type Span } from './order-filter.ts'
import { findWindows, SLICE, type Window } from './order-totals.ts'
import type { OrderRecord } from './orders.ts'

/** An order with its cabinet's name, `null` when that is not configured. */
export type NamedOrderRecord = OrderRecord & { deviceName: string | null }

const named = () =>
  useStorage()
    .db.select({ ...getTableColumns(orders), deviceName: devices.name })
    .from(orders)
    .leftJoin(devices, and(eq(devices.setOfBookId, orders.setOfBookId), eq(devices.devId, orders.devId)))

/** Reads the page window by window: those before it are skipped unread, as their counts are known. */
function pageByTime(setOfBookId: number, query: OrderQuery, newestFirst: Window[]): NamedOrderRecord[] {
  const order = query.sort === 'create_time' ? asc : desc
  const statement = named()
    .where(
      ordersMatch(setOfBookId, query, { from: sql`${sql.placeholder('from')}`, to: sql`${sql.placeholder('to')}` }),
    )
    .orderBy(order(orders.createTime), order(orders.id))
    .limit(sql.placeholder('limit'))
    .offset(sql.placeholder('skip'))
    .prepare()
  const rows: NamedOrderRecord[] = []
  let skip = query.start
  for (const window of order === asc ? newestFirst.toReversed() : newestFirst) {
    if (rows.length === query.limit) break
    if (skip < window.orders)
      rows.push(...statement.all({ from: window.from, to: window.to, skip, limit: query.limit - rows.length }))
    skip = Math.max(0, skip - window.orders)
  }
  return rows
}

/** Neighbouring windows together, of about `size` orders each. */
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
async function pageByAmount(
  setOfBookId: number,
  query: OrderQuery,
  newestFirst: Window[],
): Promise<NamedOrderRecord[]> {
  const order = query.sort === 'total_amount' ? asc : desc
  const sign = query.sort === 'total_amount' ? 1 : -1
  let best: { id: number; amount: number }[] = []
  for (const span of groupWindows(newestFirst, 10 * SLICE)) {
    const rows = useStorage()
      .db.select({ id: orders.id, amount: orders.totalAmount })
      .from(orders)
      .where(ordersMatch(setOfBookId, query, span))
      .orderBy(order(orders.totalAmount), order(orders.id))
      .limit(query.start + query.limit)
      .all()
    best = [...best, ...rows]
      .sort((a, b) => sign * (a.amount - b.amount || a.id - b.id))
      .slice(0, query.start + query.limit)
    await nextTurn()
  }
  const ids = best.slice(query.start).map((row) => row.id)
  const rows = new Map(
    named()
      .where(inArray(orders.id, ids))
      .all()
      .map((row) => [row.id, row]),
  )
  // One that was deleted while the slices were read is left out.
  return ids.flatMap((id) => rows.get(id) ?? [])
}

/** A page of the orders that match, in the order asked for, with how many match and their sum in fen. */
export async function queryOrders(
  setOfBookId: number,
  query: OrderQuery,
): Promise<{ total: number; amount: number; rows: NamedOrderRecord[] }> {
  const windows = await findWindows(setOfBookId, query)
  const page = query.sort.endsWith('total_amount') ? pageByAmount : pageByTime
  return {
    total: windows.reduce((total, window) => total + window.orders, 0),
    amount: windows.reduce((amount, window) => amount + window.amount, 0),
    rows: await page(setOfBookId, query, windows),
  }
}

/** The ids of the first `max` orders that match, newest first. */
export async function findOrderIds(setOfBookId: number, filter: OrderFilter, max: number): Promise<number[]> {
  const ids: number[] = []
  for (const window of await findWindows(setOfBookId, filter)) {
    if (ids.length >= max) break
    const rows = useStorage()
      .db.select({ id: orders.id })
      .from(orders)
      .where(ordersMatch(setOfBookId, filter, window))
      .orderBy(desc(orders.createTime), desc(orders.id))
      .limit(max - ids.length)
      .all()
    ids.push(...rows.map((row) => row.id))
  }
  return ids
}
