import { fenToYuan } from '#shared/money'
import { skipReason, type OrderAction, type SkipReason } from '#shared/job-rules'
import type { JobPlan } from '#shared/jobs'
import type { OrderFilter } from '#shared/orders'
import type { Actor } from '../repositories/audit.ts'
import { fillBatch, isLeftOut, readOrders, type ChosenOrder } from '../repositories/import-batch-work.ts'
import { insertBatch } from '../repositories/import-batches.ts'
import { findOrderIds } from '../repositories/order-queries.ts'
import { standingOf } from '../repositories/orders.ts'
import type { SessionRecord } from '../repositories/sessions.ts'
import { Invalid, NotFound } from '../errors.ts'
import { wakeImportQueue } from './import-queue.ts'
import { wakeJobs } from './job-queue.ts'

/** Orders of one job. */
export const MAX_ORDERS = 10_000

/** The action and its orders. */
export interface JobRequest {
  kind: OrderAction
  ids?: number[]
  filter?: OrderFilter
  skip_refused?: boolean
}

/**
 * The orders that are meant. Throws NotFound if one of `ids` is not this account set's, Invalid if they are too many.
 */
export async function chooseOrders(setOfBookId: number, { ids: named, filter }: JobRequest): Promise<ChosenOrder[]> {
  const ids = named ? [...new Set(named)] : await findOrderIds(setOfBookId, filter!, MAX_ORDERS + 1)
  if (ids.length > MAX_ORDERS)
    throw new Invalid(`一次最多处理 ${MAX_ORDERS} 个订单，请缩小范围`, {
      code: 'batch_too_large',
      params: { max: MAX_ORDERS },
    })
  const chosen = await readOrders(setOfBookId, ids)
  // An order that a filter found may be deleted since; one that was named must be there.
  if (named && chosen.length !== ids.length)
    throw new NotFound('所选订单里有不存在的，请刷新列表后重新选择', { code: 'batch_orders_missing' })
  return chosen
}

export function reasonOf(kind: OrderAction, order: ChosenOrder): SkipReason | undefined {
  const reason = skipReason(kind, { ...standingOf(order), hasFailed: order.importError !== null })
  return reason ?? (isLeftOut(kind, order) ? 'closed' : undefined)
}

/** Plans a job without starting it. Throws what starting it would throw. */
export async function planJob({ setOfBookId }: SessionRecord, request: JobRequest): Promise<JobPlan> {
  const { kind } = request
  const orders = await chooseOrders(setOfBookId, request)
  const skipped = new Map<SkipReason, number>()
  let count = 0
  let fen = 0
  for (const order of orders) {
    const reason = reasonOf(kind, order)
    if (reason !== undefined) skipped.set(reason, (skipped.get(reason) ?? 0) + 1)
    else {
      count += 1
      fen += order.totalAmount
    }
  }
  return {
    kind,
    total: orders.length,
    count,
    amount: fenToYuan(fen),
    skipped: [...skipped].map(([reason, number]) => ({ reason, count: number })).sort((a, b) => b.count - a.count),
  }
}

/**
 * Starts a job on the orders that there are now; resolves once all of them are its items. Throws NotFound if one of
 * `ids` is not this account set's, Invalid and TooMany where there are too many orders or jobs.
 */
export async function startJob(
  { setOfBookId, id: sessionId }: SessionRecord,
  request: JobRequest,
  by: Actor,
): Promise<{ id: number; total: number }> {
  const { kind: action, skip_refused: skips = false } = request
  const kind = action === 'retry' ? 'import' : action
  const chosen = await chooseOrders(setOfBookId, request)
  const leavesOut = skips || action === 'retry'
  const orderIds = chosen
    .filter((order) => !leavesOut || reasonOf(action, order) === undefined)
    .map(({ id }) => id)
    .sort((a, b) => a - b)
  const now = Date.now()
  const id = await insertBatch({ setOfBookId, kind, sessionId, orderIds }, by, now)
  await fillBatch(setOfBookId, id, now)
  if (kind === 'import') wakeImportQueue()
  else wakeJobs()
  return { id, total: orderIds.length }
}
