import { z } from 'zod'
import { integerField } from './fields.ts'
import { orderFilterSchema } from './orders.ts'

/** A batch's orders: named one by one, or by trade_view's filter (contract.md, section 4). */
export function batchSchema(zone: string) {
  return z
    .object({
      ids: z
        .array(integerField(1), { error: '必须是订单 id 的列表' })
        .min(1, '至少要选一个订单')
        .max(10_000, '一次最多 10000 个订单')
        .optional(),
      filter: z.preprocess(dropEmptyText, orderFilterSchema(zone)).optional(),
    })
    .refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), {
      error: 'ids 和 filter 必须且只能给一个',
    })
}

/** A filter is copied from a query, where empty text means “not given”. */
function dropEmptyText(filter: unknown): unknown {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) return filter
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ''))
}

/** How far a batch has come; the numbers add up to `total` with `cancelled`. */
export interface ImportBatch {
  id: number
  created_at: string
  created_user: string
  total: number
  imported: number
  failed: number
  cancelled: number
  pending: number
}

export interface ImportFailure {
  order_id: number
  trans_id: string
  errmsg: string
}
