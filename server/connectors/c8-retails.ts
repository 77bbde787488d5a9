import { z } from 'zod'
import { c8IdDigits, type C8Id } from '#shared/c8-id'
import type { BillType } from '#shared/devices'
import { UpstreamBroken } from '../errors.ts'
import { id, text, numeric, type C8Access, call, rootOf, distinct } from './c8.ts'

/** The status of a retail document that is confirmed and has finished its workflow. */
export const RETAIL_DONE = 6

/** The status of a retail document that its auditor sent back; a person has to decide. */
export const RETAIL_SENT_BACK = 5

const retailSchema = z.object({
  id,
  code: text,
  status: numeric.nullish(),
  // Empty in documents that were created by hand.
  source_id: z.union([id.transform(c8IdDigits), z.literal('')]).nullish(),
  total_amount: numeric.nullish(),
})

/** A retail document as C8 returns it; all but `id` and `code` are optional there. */
export type Retail = z.output<typeof retailSchema>

/** The body of a new retail document (docs/upstreams.md, C8); amounts in yuan. */
export interface RetailDraft {
  source: 'gobox'
  source_id: string
  store_id: number
  bank_id: number
  member_id: number
  employee_id: number
  bill_type: BillType
  total_amount: number
  bank_amount: number
  retail_lines: { product_id: C8Id; quantity: number; tax_price: number; tax_rate: number }[]
}

const retailsOf = (sourceId: string) => ({
  step: { name: 'find_retail', text: '查找零售单' },
  path: 'retails',
  query: { source: 'gobox', source_id: sourceId },
})

/** The documents that C8 has for the order `transId`. */
export async function findRetails(access: C8Access, transId: string, client?: AbortSignal): Promise<Retail[]> {
  const answer = await call(access, { ...retailsOf(transId), schema: rootOf(retailSchema), client })
  return distinct(answer?.root ?? [])
}

/** How many documents C8 returns for a `source_id`, readable or not. */
export async function countRetails(access: C8Access, sourceId: string): Promise<number> {
  const answer = await call(access, { ...retailsOf(sourceId), schema: rootOf(z.unknown()) })
  return answer?.root.length ?? 0
}

const retailPath = (retailId: C8Id) => `retails/${encodeURIComponent(c8IdDigits(retailId))}`

/** Fetches a document; `null` if it has been deleted. */
export function getRetail(access: C8Access, retailId: C8Id) {
  return call(access, {
    step: { name: 'get_retail', text: '查询零售单' },
    path: retailPath(retailId),
    schema: retailSchema,
  })
}

/** Creates a document. After an UpstreamBroken with `unanswered` it may or may not exist. */
export async function createRetail(access: C8Access, draft: RetailDraft): Promise<Retail> {
  const step = { name: 'create_retail', text: '创建零售单' }
  const created = await call(access, { step, path: 'retails', body: draft, schema: retailSchema })
  if (!created)
    throw new UpstreamBroken('C8 创建零售单失败：没有回答单号，请稍后再试', true, { code: 'retail_code_missing' })
  return created
}

/** Confirms a document; idempotent. */
export async function confirmRetail(access: C8Access, retailId: C8Id): Promise<void> {
  await call(access, {
    step: { name: 'confirm_retail', text: '确认零售单' },
    path: retailPath(retailId),
    query: { action: 'confirm', action_type: '1' },
    schema: z.unknown(),
  })
}

const workflowSchema = z.object({ status: numeric })

/** Runs the document's next workflow step and returns the resulting status. */
export async function executeWorkflow(access: C8Access, retailId: C8Id): Promise<number> {
  const step = { name: 'execute_workflow', text: '执行零售单流程' }
  const query = {
    action: 'execute_workflow',
    form_name: 'retail',
    form_id: c8IdDigits(retailId),
    result: '{"memo":"","cancel":false}',
  }
  const answer = await call(access, { step, path: 'workflow_current_actions', query, schema: workflowSchema })
  if (!answer)
    throw new UpstreamBroken(`C8 ${step.text}失败：没有回答状态，请稍后再试`, true, { code: 'workflow_status_missing' })
  return answer.status
}
