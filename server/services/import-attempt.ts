import { setTimeout as sleep } from 'node:timers/promises'
import {
  confirmRetail,
  createRetail,
  executeWorkflow,
  getRetail,
  RETAIL_DONE,
  RETAIL_SENT_BACK,
  type Retail,
} from '../connectors/c8-retails.ts'
import { clearUnanswered, markCreated, markImported } from '../repositories/import-steps.ts'
import type { ImportLease } from '../repositories/import-transitions.ts'
import type { OrderRecord } from '../repositories/orders.ts'
import { mayActUnder } from '../cluster/leases.ts'
import { Conflict, Refused, UpstreamBroken } from '../errors.ts'
import { imports } from '../metrics/families.ts'
import { findOwnRetail } from './adopt-retail.ts'
import type { C8Session } from './c8-session.ts'
import { draftRetail } from './retail-draft.ts'
import { hasSettled } from './settle.ts'

/** C8 got a create that it has not answered, and the document has not appeared yet. */
export class AwaitsC8 extends Conflict {}

/** A create that may still take effect: the document must be looked for before another is made. */
export class CreateUnanswered extends Error {
  override readonly cause: UpstreamBroken
  constructor(cause: UpstreamBroken) {
    super(cause.message)
    this.cause = cause
  }
}

/** Another attempt has taken the order over; this one must not touch it any more. */
export class LeaseLost extends Conflict {}

const overtaken = () => new LeaseLost('订单的导入状态已被改变，请刷新后查看', { code: 'import_overtaken' })

const MAX_WORKFLOW_STEPS = 20
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 1000

/** Throws LeaseLost where other nodes may have taken the order over, since this one was away. */
function requireLease({ lease }: ImportLease) {
  if (!mayActUnder(lease)) throw overtaken()
}

function unlessLost(order: OrderRecord | undefined): OrderRecord {
  if (!order) throw overtaken()
  return order
}

async function create(
  lease: ImportLease,
  session: C8Session,
  draft: Awaited<ReturnType<typeof draftRetail>>,
): Promise<Retail> {
  try {
    requireLease(lease)
    return await createRetail(session, draft)
  } catch (error) {
    if (!(error instanceof UpstreamBroken) || !error.unanswered) throw error
    throw new CreateUnanswered(error)
  }
}

/**
 * The document of an order that has none yet: the one that C8 already has for it, else a new one. Whether C8 has one is
 * asked right before each create; where an earlier create was not answered, only asked until C8 must have settled.
 */
async function obtainRetail(
  order: OrderRecord,
  lease: ImportLease,
  session: C8Session,
): Promise<{ retail: Retail; adopted: boolean }> {
  const unanswered = order.createUnansweredAt !== null
  // Asked before the look-up: a document that appears between the two must be seen.
  const settled = unanswered && hasSettled(order.id, order.createUnansweredAt!)
  let draft = unanswered ? undefined : await draftRetail(order, session)
  const existing = await findOwnRetail(order, session)
  if (existing) return { retail: existing, adopted: true }
  if (unanswered) {
    if (!settled)
      throw new AwaitsC8('等待 C8 确认：上次创建没有得到回答，正在查找零售单，请稍后再试', { code: 'awaits_c8' })
    await clearUnanswered(lease)
    draft = await draftRetail(order, session)
  }
  return { retail: await create(lease, session, draft!), adopted: false }
}

/** Whether a document is done. Throws Refused for one that its auditor has sent back: another step could push it on. */
function isDone({ code }: Retail, status: Retail['status']): boolean {
  if (status === RETAIL_SENT_BACK)
    throw new Refused(`C8 的零售单 ${code} 被审核退回，请在 C8 里处理后再重试`, {
      code: 'retail_sent_back',
      params: { retail_code: code },
    })
  return status === RETAIL_DONE
}

/** Confirms the document and runs its workflow to the end, with a bounded number of steps. */
async function finishRetail(retail: Retail, lease: ImportLease, session: C8Session) {
  if (isDone(retail, retail.status)) return
  requireLease(lease)
  await confirmRetail(session, retail.id)
  for (
    let step = 0, pause = FIRST_PAUSE;
    step < MAX_WORKFLOW_STEPS;
    step++, pause = Math.min(pause * 2, LONGEST_PAUSE)
  ) {
    requireLease(lease)
    if (isDone(retail, await executeWorkflow(session, retail.id))) return
    await sleep(pause)
  }
  throw new UpstreamBroken(
    `C8 零售单 ${retail.code} 的流程走了 ${MAX_WORKFLOW_STEPS} 步还没有完成，请到 C8 里看看它停在哪一步`,
    false,
    { code: 'workflow_unfinished', params: { retail_code: retail.code, steps: MAX_WORKFLOW_STEPS } },
  )
}

/** The document's current state in C8. */
async function currentRetail({ id, code }: Pick<Retail, 'id' | 'code'>, session: C8Session): Promise<Retail> {
  const retail = await getRetail(session, id)
  if (!retail)
    throw new Refused(`C8 里的零售单 ${code} 已被删除，请重置导入状态后再导入`, {
      code: 'retail_deleted',
      params: { retail_code: code },
    })
  return retail
}

/**
 * One attempt to bring a claimed order from where it stands to `imported`. Each step that C8 has carried out is stored
 * before the next. Throws Refused, SessionEnded, UpstreamBroken, CreateUnanswered, AwaitsC8, LeaseLost.
 */
export async function attemptImport(order: OrderRecord, lease: ImportLease, session: C8Session): Promise<OrderRecord> {
  let retail: Retail
  if (order.importState === 'created') {
    retail = await currentRetail({ id: order.retailId!, code: order.retailCode! }, session)
  } else {
    const obtained = await obtainRetail(order, lease, session)
    retail = obtained.retail
    unlessLost(await markCreated(lease, retail, obtained.adopted))
    // How far a document has come that was there already must be known before it is moved on.
    if (obtained.adopted && typeof retail.status !== 'number') retail = await currentRetail(retail, session)
  }
  await finishRetail(retail, lease, session)
  const imported = unlessLost(await markImported(lease))
  imports.of('imported').add()
  return imported
}
