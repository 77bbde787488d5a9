import { isImported } from '#shared/import-state'
import { closedReason, findClosedDay } from '../repositories/closed-days.ts'
import { getOrder, type OrderRecord } from '../repositories/orders.ts'
import type { SessionRecord } from '../repositories/sessions.ts'
import { Conflict, NotFound, Refused, SessionEnded } from '../errors.ts'
import { findOwnRetail } from './adopt-retail.ts'
import { requireLookup } from './check-lookup.ts'
import { previewDraft, type Draft } from './retail-draft.ts'

function exists(code: string | null): Conflict {
  return new Conflict(`C8 里已有这个订单的零售单（${code}），不会再开一张`, {
    code: 'retail_already_made',
    params: { retail_code: code },
  })
}

/** What keeps C8 from saying whether it has the order's document, as a problem; a fault is thrown. */
async function problemOf(asking: Promise<unknown>): Promise<Refused[]> {
  try {
    await asking
    return []
  } catch (error) {
    if (error instanceof Refused && !(error instanceof SessionEnded)) return [error]
    throw error
  }
}

async function closedProblems(order: OrderRecord): Promise<Refused[]> {
  const date = await findClosedDay(order)
  if (date === undefined) return []
  const { message, ...options } = closedReason(date)
  return [new Refused(message, options)]
}

/**
 * The retail document that an import of the order would make, with everything that stands in its way; makes nothing.
 * Throws NotFound, Conflict where the document exists, and what asking C8 throws.
 */
export async function previewImport(session: SessionRecord, orderId: number): Promise<Draft> {
  const order = await getOrder(session.setOfBookId, orderId)
  if (!order) throw new NotFound('订单不存在，可能已被删除', { code: 'order_not_found' })
  if (isImported(order.importState)) throw exists(order.retailCode)
  const adopting = findOwnRetail(order, session).then((retail) => {
    if (retail) throw exists(retail.code)
  })
  const [closed, preview, lookup, document] = await Promise.all([
    closedProblems(order),
    previewDraft(order, session),
    problemOf(requireLookup(order.setOfBookId)),
    problemOf(adopting),
  ])
  const problems = [...closed, ...preview.problems, ...lookup, ...document]
  return problems.length > 0 ? { ...preview, draft: null, problems } : preview
}
