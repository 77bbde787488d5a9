import type { Reason } from '#shared/error-codes'
import { claimNextDue, listSetsWithDueOrders } from '../repositories/import-claims.ts'
import { recoverInterrupted } from '../repositories/import-recovery.ts'
import { requeue } from '../repositories/import-steps.ts'
import type { ImportLease } from '../repositories/import-transitions.ts'
import { LOOKUP_BROKEN } from '../repositories/lookup-verdicts.ts'
import type { OrderRecord } from '../repositories/orders.ts'
import { pauseImports } from '../repositories/set-of-books.ts'
import { SessionEnded } from '../errors.ts'
import { log } from '../log/log.ts'
import { activeLeases, withLease } from '../cluster/leases.ts'
import { ownId } from '../cluster/membership.ts'
import { leaveImportPlace, letLookupsGoOn, PLACES, takeImportPlace } from './c8-places.ts'
import { judgeRefusal, LoggedOut } from './c8-refusal.ts'
import { findC8Session } from './c8-session.ts'
import { hasBrokenLookup } from './check-lookup.ts'
import { attemptImport } from './import-attempt.ts'
import { settleFailure } from './import-order.ts'

const POLL = 1000
const NEEDS_LOG_IN: Reason = { message: 'C8 登录已失效，导入已暂停；重新登录后自动继续', code: 'imports_await_log_in' }

const running = new Map<number, Set<Promise<void>>>()
let timer: NodeJS.Timeout | undefined
let stopping = false

/** Puts the order back; the account set's queue rests until C8's look-up is found to work. */
function waitForLookup(lease: ImportLease) {
  return requeue(lease, { reason: LOOKUP_BROKEN, dueAt: Date.now(), attempted: false })
}

/** Puts the order back; without any session that C8 takes, the account set's queue rests until somebody logs in. */
async function waitForLogIn(order: OrderRecord, lease: ImportLease) {
  await requeue(lease, { reason: NEEDS_LOG_IN, dueAt: Date.now(), attempted: false })
  if (!(await findC8Session(order))) await pauseImports(order.setOfBookId, NEEDS_LOG_IN)
}

async function work(order: OrderRecord, lease: ImportLease) {
  const session = await findC8Session(order)
  if (!session) return waitForLogIn(order, lease)
  if (await hasBrokenLookup(order.setOfBookId)) return waitForLookup(lease)
  try {
    await attemptImport(order, lease, session)
  } catch (error) {
    const reason = error instanceof SessionEnded ? await judgeRefusal(session, error) : error
    await (reason instanceof LoggedOut ? waitForLogIn(order, lease) : settleFailure(order, lease, reason))
  }
}

/** Claims the next due order and works on it; resolves with whether there was one, which `hear` learns at once. */
function workNext(setOfBookId: number, hear: (isClaimed: boolean) => void): Promise<boolean> {
  return withLease(async (lease) => {
    const order = await claimNextDue(setOfBookId, lease, PLACES, Date.now())
    hear(order !== undefined)
    if (order) await work(order, { orderId: order.id, lease, user: order.importUser! })
    return order !== undefined
  })
}

/** Works on one due order after the other; `began` resolves once it is known whether there is a first. */
function occupyPlace(setOfBookId: number): { began: Promise<boolean>; ended: Promise<void> } {
  const { promise: began, resolve: hear } = Promise.withResolvers<boolean>()
  const workOff = async () => {
    try {
      while (!stopping && (await workNext(setOfBookId, hear)));
    } catch (error) {
      log.error({ err: error }, 'import')
    } finally {
      hear(false)
      leaveImportPlace(setOfBookId)
    }
  }
  return { began, ended: workOff() }
}

/** Occupies places of one account set until they are full or nothing is due. */
async function fill(setOfBookId: number) {
  const places = running.get(setOfBookId) ?? new Set()
  running.set(setOfBookId, places)
  while (!stopping && takeImportPlace(setOfBookId)) {
    const { began, ended } = occupyPlace(setOfBookId)
    places.add(ended)
    void ended.then(() => places.delete(ended))
    if (!(await began)) break
    void ended.then(wakeImportQueue)
  }
}

let filling: Promise<void> | undefined
let again = false

async function fillAll() {
  do {
    again = false
    await recoverInterrupted({ node: ownId(), leases: activeLeases }, Date.now())
    const due = await listSetsWithDueOrders(Date.now())
    letLookupsGoOn((id) => due.includes(id))
    for (const id of due) await fill(id)
  } while (again && !stopping)
}

/** Looks for due orders now instead of at the next poll. */
export function wakeImportQueue() {
  if (stopping || !timer) return
  again = true
  filling ??= fillAll()
    .catch((error) => log.error({ err: error }, 'import queue'))
    .finally(() => {
      filling = undefined
    })
}

/** Resumes what an earlier process left unfinished, then works off the queue until it is stopped. */
export function startImportQueue() {
  timer = setInterval(wakeImportQueue, POLL)
  wakeImportQueue()
}

/** Claims nothing more; resolves when the running attempts have ended. */
export async function stopImportQueue() {
  stopping = true
  clearInterval(timer)
  await filling
  await Promise.all([...running.values()].flatMap((places) => [...places]))
}
