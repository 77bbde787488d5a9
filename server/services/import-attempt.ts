import { setTimeout as sleep } from 'node:timers/promises'
import {
  confirmRetail,
  createRetail,
  executeWorkflow,
  findRetail,
  getRetail,
  RETAIL_DONE,
  type Retail,
} from '../connectors/c8.ts'
import { clearUnanswered, markCreated, markImported, type ImportLease } from '../repositories/order-imports.ts'
import type { OrderRecord } from '../repositories/orders.ts'
import { Conflict, Refused, UpstreamBroken } from '../utils/errors.ts'
import type { C8Session } from './c8-session.ts'
import { draftRetail } from './retail-draft.ts'
import { hasSettled, markUnanswered } from './settle.ts'

/** C8 got a create that it has not answered, and the document has not appeared yet. */
export class AwaitsC8 extends Conflict {}

/** A create that may still take effect: the document must be looked for before another is made. */
export class CreateUnanswered extends Error {
  constructor(override readonly cause: UpstreamBroken) {
    super(cause.message)
  }
}

/** Another attempt has taken the order over; this one must not touch it any more. */
export class LeaseLost extends Conflict {}

const MAX_WORKFLOW_STEPS = 20
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 1000

function unlessLost(order: OrderRecord | undefined): OrderRecord {
  if (!order) throw new LeaseLost('订单的导入状态已被改变，请刷新后查看')
  return order
}

async function create(
  order: OrderRecord,
  session: C8Session,
  draft: Awaited<ReturnType<typeof draftRetail>>,
): Promise<Retail> {
  try {
    return await createRetail(session, draft)
  } catch (error) {
    if (!(error instanceof UpstreamBroken) || !error.unanswered) throw error
    markUnanswered(order.id)
    throw new CreateUnanswered(error)
  }
}

/**
 * The document of an order that has none yet: the one that C8 already has for it, else a new one. Whether C8 has one is asked
 * right before each create; where an earlier create was not answered, only asked until C8 must have settled.
 */
async function obtainRetail(
  order: OrderRecord,
  lease: ImportLease,
  session: C8Session,
): Promise<{ retail: Retail; adopted: boolean }> {
  const unanswered = order.createUnansweredAt !== null
  // Asked before the look-up: a document that appears between the two must be seen.
  const settled = unanswered && hasSettled(order.id)
  let draft = unanswered ? undefined : await draftRetail(order, session)
  const existing = await findRetail(session, order.transId)
  if (existing) return { retail: existing, adopted: true }
  if (unanswered) {
    if (!settled) throw new AwaitsC8('等待 C8 确认：上次创建没有得到回答，正在查找零售单，请稍后再试')
    await clearUnanswered(lease)
    draft = await draftRetail(order, session)
  }
  return { retail: await create(order, session, draft!), adopted: false }
}

/** Confirms the document and runs its workflow to the end, with a bounded number of steps. */
async function finishRetail(retail: Retail, session: C8Session) {
  if (retail.status === RETAIL_DONE) return
  await confirmRetail(session, retail.id)
  for (
    let step = 0, pause = FIRST_PAUSE;
    step < MAX_WORKFLOW_STEPS;
    step++, pause = Math.min(pause * 2, LONGEST_PAUSE)
  ) {
    if ((await executeWorkflow(session, retail.id)) === RETAIL_DONE) return
    await sleep(pause)
  }
  throw new UpstreamBroken(
    `C8 零售单 ${retail.code} 的流程走了 ${MAX_WORKFLOW_STEPS} 步还没有完成，请到 C8 里看看它停在哪一步`,
    false,
  )
}

async function currentRetail(order: OrderRecord, session: C8Session): Promise<Retail> {
  const retail = await getRetail(session, order.retailId!)
  if (!retail) throw new Refused(`C8 里的零售单 ${order.retailCode} 已被删除，请重置导入状态后再导入`)
  return retail
}

/**
 * One attempt to bring a claimed order from where it stands to `imported`. Each step that C8 has carried out is stored before the next.
 * Throws Refused, SessionEnded, UpstreamBroken, CreateUnanswered, AwaitsC8, LeaseLost.
 */
export async function attemptImport(order: OrderRecord, lease: ImportLease, session: C8Session): Promise<OrderRecord> {
  let retail: Retail
  if (order.importState === 'created') {
    retail = await currentRetail(order, session)
  } else {
    const obtained = await obtainRetail(order, lease, session)
    retail = obtained.retail
    unlessLost(await markCreated(lease, retail, obtained.adopted))
  }
  await finishRetail(retail, session)
  return unlessLost(await markImported(lease))
}
