import { z } from 'zod'
import type { BillType, C8List } from '#shared/devices'
import { useConfig } from '../utils/config.ts'
import { Refused, SessionEnded, UpstreamBroken } from '../utils/errors.ts'
import { LongInteger } from '../utils/parse-json.ts'
import { callUpstream, reasonText } from './http.ts'

/** Through which C8, and as whom, a call is made. */
export interface C8Access {
  c8Origin: string
  c8Token: string
}

/** A retail document's status when neither confirm nor workflow is left to do. */
export const RETAIL_DONE = 6

/** An id as C8 sent it: it goes back in the same form. */
export type C8Id = number | string | LongInteger

const id = z.union([z.number(), z.string().min(1), z.instanceof(LongInteger)])
const text = z.union([z.string(), z.number()]).transform(String)
const numeric = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
])
const retailSchema = z.object({ id, code: text, status: numeric.nullish() })

/** A retail document as C8 tells of it; `status` only where it was asked for. */
export type Retail = z.output<typeof retailSchema>

/** The body of a new retail document (upstreams.md); amounts in yuan. */
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

interface Call<T> {
  step: string
  path: string
  query?: Record<string, string>
  body?: unknown
  schema: z.ZodType<T>
}

/** One call; `null` when C8 says “not there”. Throws SessionEnded (401, 403), Refused, UpstreamBroken, UpstreamTimeout. */
async function call<T>(
  { c8Origin, c8Token }: C8Access,
  { step, path, query, body, schema }: Call<T>,
): Promise<T | null> {
  const search = query ? `?${new URLSearchParams(query)}` : ''
  const answer = await callUpstream({
    upstream: 'C8',
    step,
    url: `${c8Origin}/api/${path}${search}`,
    method: body === undefined ? 'GET' : 'POST',
    headers: { token: c8Token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  if (answer.status === 401 || answer.status === 403) throw new SessionEnded('C8 登录已失效，请重新登录')
  const { state, errmsg } = (answer.body ?? {}) as { state?: unknown; errmsg?: unknown }
  if (answer.status >= 400 || state === 0)
    throw new Refused(
      `C8 ${step}被拒绝：${reasonText(errmsg ?? (answer.status >= 400 ? `状态 ${answer.status}` : undefined), [c8Token])}`,
    )
  if (answer.body === null) return null
  const parsed = schema.safeParse(answer.body)
  // An answer that cannot be read may be the answer to something that was done.
  if (!parsed.success)
    throw new UpstreamBroken(`C8 ${step}失败：回答无法读懂，请稍后再试`, true, { cause: parsed.error })
  return parsed.data
}

const rootOf = <T>(item: z.ZodType<T>) => z.object({ root: z.array(item), total: numeric.nullish() })

const permissionSchema = z.object({ access_level: numeric.pipe(z.number().int()), user_name: z.string().nullish() })

/** What the token's user may do with this app; `null`: nothing. */
export function getPermission(access: C8Access) {
  return call(access, {
    step: '检查权限',
    path: 'security_keys',
    schema: permissionSchema,
    query: { action: 'has_security_key', security_key: useConfig().c8SecurityKey },
  })
}

const setOfBookSchema = z.object({ set_of_book: text, tax_rate: numeric.nullish(), vat_tax_rate: numeric.nullish() })

/** The account set with its tax rates; `null` when the token may not see it. */
export function getC8SetOfBook(access: C8Access, name: string) {
  return call(access, { step: '查询账套', path: `set_of_books/${encodeURIComponent(name)}`, schema: setOfBookSchema })
}

/** A page of one of C8's lists: stores, banks, employees or members whose name contains `name`. */
export async function listC8(
  access: C8Access,
  list: C8List,
  { name, start, limit }: { name?: string; start: number; limit: number },
) {
  const step = { stores: '查询仓库', banks: '查询收款账户', employees: '查询员工', members: '查询会员' }[list]
  const answer = await call(access, {
    step,
    path: list,
    schema: rootOf(z.looseObject({ id, name: text.nullish() })),
    query: { ...(name === undefined ? {} : { name__icontains: name }), start: String(start), limit: String(limit) },
  })
  const root = answer?.root ?? []
  return { total: answer?.total ?? start + root.length, root }
}

/** The product with this barcode, `undefined` if C8 has none. */
export async function findProduct(access: C8Access, barcode: string) {
  const answer = await call(access, {
    step: `查询条码 ${reasonText(barcode)} `,
    path: 'products',
    query: { barcode },
    schema: rootOf(z.object({ id })),
  })
  return answer?.root[0]
}

/** The document that was made from the order `transId`, `undefined` if there is none. */
export async function findRetail(access: C8Access, transId: string): Promise<Retail | undefined> {
  const answer = await call(access, {
    step: '查找零售单',
    path: 'retails',
    query: { source: 'gobox', source_id: transId },
    schema: rootOf(retailSchema),
  })
  return answer?.root[0]
}

const idText = (retailId: C8Id) => (retailId instanceof LongInteger ? retailId.digits : String(retailId))
const retailPath = (retailId: C8Id) => `retails/${encodeURIComponent(idText(retailId))}`

/** A document; `null` once it is deleted. */
export function getRetail(access: C8Access, retailId: C8Id) {
  return call(access, { step: '查询零售单', path: retailPath(retailId), schema: retailSchema })
}

/** Creates a document. An UpstreamBroken with `unanswered` leaves open whether it exists. */
export async function createRetail(access: C8Access, draft: RetailDraft): Promise<Retail> {
  const created = await call(access, { step: '创建零售单', path: 'retails', body: draft, schema: retailSchema })
  if (!created) throw new UpstreamBroken('C8 创建零售单失败：没有回答单号，请稍后再试', true)
  return created
}

/** Confirms a document; may be repeated. */
export async function confirmRetail(access: C8Access, retailId: C8Id): Promise<void> {
  await call(access, {
    step: '确认零售单',
    path: retailPath(retailId),
    query: { action: 'confirm', action_type: '1' },
    schema: z.unknown(),
  })
}

const workflowSchema = z.object({ status: numeric })

/** Runs the document's next workflow step and returns its status then. */
export async function executeWorkflow(access: C8Access, retailId: C8Id): Promise<number> {
  const step = '执行零售单流程'
  const query = {
    action: 'execute_workflow',
    form_name: 'retail',
    form_id: idText(retailId),
    result: '{"memo":"","cancel":false}',
  }
  const answer = await call(access, { step, path: 'workflow_current_actions', query, schema: workflowSchema })
  if (!answer) throw new UpstreamBroken(`C8 ${step}失败：没有回答状态，请稍后再试`, true)
  return answer.status
}
