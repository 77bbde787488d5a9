import type { Reason } from '#shared/error-codes'
import type { Actor } from '../repositories/audit.ts'
import { closeItem, isWaiting, ItemTakenOut, waitingOrders } from '../repositories/import-batch-items.ts'
import { cancelBatch, fillBatch } from '../repositories/import-batch-work.ts'
import { listUnfinished, type BatchRecord } from '../repositories/import-batches.ts'
import { mayHaveOthers } from '../repositories/nodes.ts'
import { deleteOrder } from '../repositories/orders.ts'
import { findSessionWith } from '../repositories/sessions.ts'
import { isStorageFailure } from '../storage/failure.ts'
import { DomainError, NotFound, SessionEnded } from '../errors.ts'
import { hasDuty } from '../cluster/membership.ts'
import { log } from '../log/log.ts'
import { judgeRefusal, LoggedOut } from './c8-refusal.ts'
import { resetOrder } from './reset-order.ts'

/*
 * Works off jobs that reset or delete orders, item by item; an import is worked off by the import queue. Jobs of one
 * account set and kind run one after the other, the oldest first.
 */

/** Orders of one job under way at a time, each of which C8 may be asked about. */
const CONCURRENCY = 4
const SLICE = 200
/** Milliseconds until a job that cannot go on is tried again. */
const POLL = 2000

const NEEDS_LOG_IN: Reason = {
  message: 'C8 登录已失效，任务已暂停；有重置权限的人重新登录后自动继续',
  code: 'job_awaits_log_in',
}
const BUG: Reason = { message: '程序内部出错，请查看日志后再试', code: 'job_broken' }

/** What the job waits for before it goes on. */
class MustWait extends Error {
  readonly reason: Reason
  constructor(reason: Reason) {
    super(reason.message)
    this.reason = reason
  }
}

const running = new Map<string, Promise<void>>()
const underWay = new Map<number, Set<number>>()
const cancelling = new Set<number>()
const waitingFor = new Map<number, Reason>()
let timer: NodeJS.Timeout | undefined
let starting: Promise<void> | undefined
let again = false
let stopping = false

/** Why a job is waiting. For a job of another node the reason is determined again. */
export async function waitingReason({
  id,
  kind,
  setOfBookId,
  sessionId,
}: Pick<BatchRecord, 'id' | 'kind' | 'setOfBookId' | 'sessionId'>): Promise<Reason | undefined> {
  if (kind !== 'reset' || hasDuty('jobs')) return waitingFor.get(id)
  const session = await findSessionWith('edit', setOfBookId, sessionId, Date.now())
  return session ? undefined : NEEDS_LOG_IN
}

const actorOf = ({ setOfBookId, createdUser, address }: BatchRecord): Actor => ({
  setOfBookId,
  user: createdUser,
  address,
})

/** Resets an order on behalf of the requester. Throws MustWait without a valid C8 session. */
async function reset(job: BatchRecord, orderId: number) {
  const session = await findSessionWith('edit', job.setOfBookId, job.sessionId, Date.now())
  if (!session) throw new MustWait(NEEDS_LOG_IN)
  try {
    await resetOrder(session, orderId, actorOf(job), job.id)
  } catch (error) {
    const reason = error instanceof SessionEnded ? await judgeRefusal(session, error) : error
    // Another session may be good.
    if (reason instanceof LoggedOut) return reset(job, orderId)
    throw reason
  }
}

async function remove(job: BatchRecord, orderId: number) {
  if (!(await deleteOrder(job.setOfBookId, orderId, actorOf(job), job.id)))
    throw new NotFound('订单不存在，可能已被删除', { code: 'order_not_found' })
}

async function workOn(job: BatchRecord, orderId: number) {
  try {
    await (job.kind === 'reset' ? reset : remove)(job, orderId)
    await closeItem(job.id, orderId, 'done')
    waitingFor.delete(job.id)
  } catch (error) {
    if (error instanceof ItemTakenOut) return
    if (error instanceof MustWait || isStorageFailure(error)) throw error
    if (!(error instanceof DomainError)) log.error({ err: error, job: job.id, order: orderId }, 'job')
    await closeItem(job.id, orderId, 'failed', error instanceof DomainError ? error : BUG)
  }
}

/** Begins an item unless the job is being cancelled, or the item was. */
async function begin(job: BatchRecord, orderId: number, held: Set<number>) {
  if (cancelling.has(job.id)) return
  held.add(orderId)
  try {
    if (await isWaiting(job.id, orderId)) await workOn(job, orderId)
  } finally {
    held.delete(orderId)
  }
}

/** Works off these items, some at a time; the first error ends it once those under way have ended. */
async function workOffSlice(job: BatchRecord, orderIds: number[], held: Set<number>) {
  const queue = orderIds.values()
  let isOver = false
  const places = Array.from({ length: CONCURRENCY }, async () => {
    for (const orderId of queue) {
      if (stopping || isOver) return
      await begin(job, orderId, held).catch((error: unknown) => {
        isOver = true
        throw error
      })
    }
  })
  const failed = (await Promise.allSettled(places)).find((place) => place.status === 'rejected')
  if (failed) throw failed.reason
}

async function workOff(job: BatchRecord) {
  const held = underWay.get(job.id) ?? new Set()
  underWay.set(job.id, held)
  try {
    for (let last = 0; !stopping && !cancelling.has(job.id);) {
      const orderIds = await waitingOrders(job.id, last, SLICE)
      if (orderIds.length === 0) break
      await workOffSlice(job, orderIds, held)
      last = orderIds.at(-1)!
    }
  } catch (error) {
    if (error instanceof MustWait) waitingFor.set(job.id, error.reason)
    else log.error({ err: error, job: job.id }, 'job')
    again = true
  } finally {
    underWay.delete(job.id)
  }
}

/** Resumes a job. */
async function resume(job: BatchRecord) {
  if (job.isCancelling && !cancelling.has(job.id)) await cancelJob(job.setOfBookId, job.id, actorOf(job))
  else if (job.selection !== null) await fillBatch(job.setOfBookId, job.id, Date.now())
  if (job.kind !== 'import') await workOff(job)
}

/** Starts pending jobs, one of each account set and kind at a time. */
async function startAll() {
  again = false
  if (!hasDuty('jobs')) return
  const jobs = (await listUnfinished()).filter(({ id }) => !cancelling.has(id))
  for (const [lane, waiting] of Map.groupBy(jobs, ({ setOfBookId, kind }) => `${setOfBookId} ${kind}`)) {
    if (stopping || running.has(lane)) continue
    const run = (async () => {
      for (const job of waiting) if (!stopping) await resume(job)
    })()
      .catch((error: unknown) => {
        again = true
        log.error({ err: error, lane }, 'jobs')
      })
      .finally(() => running.delete(lane))
    running.set(lane, run)
  }
}

/** Looks for jobs now instead of at the next poll. */
export function wakeJobs() {
  again = true
  if (stopping || !timer) return
  starting ??= startAll()
    .catch((error: unknown) => {
      again = true
      log.error({ err: error }, 'jobs')
    })
    .finally(() => {
      starting = undefined
    })
}

/** Resumes what an earlier process left unfinished, then works off jobs until it is stopped. */
export function startJobs() {
  // Another node may have made one.
  timer = setInterval(() => (again || mayHaveOthers()) && wakeJobs(), POLL)
  wakeJobs()
}

/** Starts nothing more; resolves when the running work has ended. */
export async function stopJobs() {
  stopping = true
  clearInterval(timer)
  await starting
  await Promise.all(running.values())
}

/**
 * Takes what has not begun out of a job; what has is finished. Resolves with how many orders were taken out,
 * `undefined` if there is no such job.
 */
export async function cancelJob(setOfBookId: number, id: number, by: Actor): Promise<number | undefined> {
  cancelling.add(id)
  try {
    const count = await cancelBatch(setOfBookId, id, by, underWay.get(id))
    waitingFor.delete(id)
    return count
  } finally {
    cancelling.delete(id)
  }
}
