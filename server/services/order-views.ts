import { dateOfTime } from '#shared/dates'
import { presetRange, type DatePreset } from '#shared/date-ranges'
import { BUILT_IN_VIEWS, readView, type BuiltInView } from '#shared/order-view-query'
import type { OrderView, OrderViews } from '#shared/order-views'
import { orderFilterSchema, type OrderFilter } from '#shared/orders'
import { isPermitted } from '#shared/permissions'
import { NotFound } from '../errors.ts'
import { readsAll } from '../repositories/order-queries.ts'
import { findWindows } from '../repositories/order-totals.ts'
import {
  chooseDefaultView,
  getDefaultView,
  listViews,
  type OrderViewRecord,
  type Viewer,
} from '../repositories/order-views.ts'
import type { SessionRecord } from '../repositories/sessions.ts'
import { nextTurn } from '../turns.ts'
import { total, waitingOf } from './summarize.ts'

/** Who looks, as the repository of views knows them. */
export function viewerOf({ setOfBookId, userName, accessLevel }: SessionRecord): Viewer {
  return { setOfBookId, userName, mayEdit: isPermitted(accessLevel, 'edit') }
}

/** A view as its routes show it to a user. */
export function presentView({ id, name, query, shared, owner }: OrderViewRecord, { userName }: Viewer): OrderView {
  return { id, name, query, shared, owner, is_own: owner === userName }
}

/** The filter that a view stands for today; `undefined` where this version no longer knows it. */
function filterOf(query: string, now: number, zone: string): OrderFilter | undefined {
  const { dates, ...parts } = readView(query)
  const [start_date, end_date] = dates ? presetRange(dates as DatePreset, dateOfTime(now, zone)) : []
  return orderFilterSchema(zone).safeParse(dates ? { ...parts, start_date, end_date } : parts).data
}

/** How many orders match; `null` where no total and no index tells. */
async function countOrders(setOfBookId: number, filter: OrderFilter | undefined): Promise<number | null> {
  if (!filter || readsAll(filter)) return null
  await nextTurn()
  return total(await findWindows(setOfBookId, filter)).orders
}

/** The views that a user sees, with how many orders each holds: read from the totals, each filter once. */
export async function listOrderViews(session: SessionRecord, now: number, zone: string): Promise<OrderViews> {
  const { setOfBookId } = session
  const viewer = viewerOf(session)
  const [views, chosen] = await Promise.all([listViews(viewer), getDefaultView(viewer)])
  const waiting = await waitingOf(setOfBookId, now)
  const all = total(await findWindows(setOfBookId, {})).orders
  const counts = new Map<string, number | null>()
  for (const { query } of views)
    if (!counts.has(query)) counts.set(query, await countOrders(setOfBookId, filterOf(query, now, zone)))
  return {
    total: views.length,
    root: views.map((view) => ({ ...presentView(view, viewer), orders: counts.get(view.query) ?? null })),
    built_in: (Object.keys(BUILT_IN_VIEWS) as BuiltInView[]).map((view) => ({
      view,
      query: BUILT_IN_VIEWS[view],
      orders: view === 'all' ? all : waiting[view].orders,
    })),
    default: chosen !== undefined && isSeen(chosen, views) ? chosen : null,
  }
}

const isSeen = (view: string, views: OrderViewRecord[]) =>
  view in BUILT_IN_VIEWS || views.some(({ id }) => String(id) === view)

/** Chooses which view the user's list opens with. Throws NotFound for one that they do not see. */
export async function openWith(session: SessionRecord, view: string | null): Promise<void> {
  const viewer = viewerOf(session)
  if (view !== null && !isSeen(view, await listViews(viewer))) throw viewNotFound()
  await chooseDefaultView(viewer, view)
}

/** What is answered for a view that the user does not see. */
export const viewNotFound = () => new NotFound('没有这个视图，可能已被删除', { code: 'view_not_found' })
