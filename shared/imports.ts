import { z } from 'zod'
import {
  answerSchema,
  pageOf,
  shownErrorCode,
  shownErrorParams,
  shownInteger,
  shownText,
  shownTime,
  shownUser,
  shownYuan,
  type AnswerOf,
} from './answer-schema.ts'
import { integerField, textField } from './fields.ts'
import { orderFilterSchema } from './orders.ts'

/** Orders as a body names them: one by one, or by trade_view's filter. */
export function selectionFields(zone: string) {
  return {
    ids: z
      .array(integerField(1), { error: '必须是订单 id 的列表' })
      .min(1, '至少要选一个订单')
      .max(10_000, '一次最多 10000 个订单')
      .optional(),
    filter: z.preprocess(dropEmptyText, orderFilterSchema(zone)).optional(),
  }
}

/** Takes either `ids` or `filter`. */
export function checkSelection<Output extends { ids?: unknown; filter?: unknown }>(schema: z.ZodType<Output>) {
  return schema.refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), {
    error: 'ids 和 filter 必须且只能给一个',
    params: { rule: 'ids_or_filter' },
  })
}

/** An import's orders. */
export function batchSchema(zone: string) {
  return checkSelection(z.object(selectionFields(zone))).meta({ examples: [{ ids: [1, 2] }] })
}

/**
 * Whose failures are tried again: all, those of a code and params, or of a reason that was noted before there were
 * codes.
 */
export const retrySchema = z.object({
  code: textField(1, 64)
    .meta({ examples: ['device_unconfigured'] })
    .optional(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).optional(),
  reason: textField(1, 1000)
    .meta({ examples: ['货柜 10086 还没有配置'] })
    .optional(),
})

/** A filter is copied from a query, where empty text means “not given”. */
function dropEmptyText(filter: unknown): unknown {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) return filter
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ''))
}

/** Whether nobody asked for it. */
export const shownAutomatic = /* @__PURE__ */ answerSchema(() =>
  z.boolean().meta({ description: 'The import that runs by itself queued the orders.' }),
)

/** Why orders wait, and until when. */
export const shownWait = () => ({
  waiting_reason: shownText('C8 登录已失效，重新登录后自动继续', 'Why nothing goes on at the moment.').nullable(),
  waiting_code: shownErrorCode().nullable(),
  waiting_params: shownErrorParams().nullable(),
  retry_at: shownTime().nullable().meta({ description: 'When an order is tried again by itself after a fault.' }),
})

/** How far a batch has come; the numbers add up to `total` with `cancelled`. */
export const importBatchAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      id: shownInteger(),
      automatic: shownAutomatic(),
      created_at: shownTime(),
      created_user: shownUser(),
      total: z.int().meta({ examples: [120] }),
      imported: z.int().meta({ examples: [117] }),
      failed: z.int().meta({ examples: [3] }),
      cancelled: z.int().meta({ examples: [0] }),
      pending: z.int().meta({ examples: [0] }),
      ...shownWait(),
    })
    .meta({ id: 'ImportBatch' }),
)
export type ImportBatch = AnswerOf<typeof importBatchAnswer>

export const importBatchPageAnswer = /* @__PURE__ */ answerSchema(() => pageOf(importBatchAnswer()))

export const importFailureAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({
    order_id: shownInteger(),
    trans_id: shownText('T-1'),
    errmsg: shownText('货柜 10086 还没有配置，请先在“货柜”里配置它'),
    code: shownErrorCode().nullable(),
    params: shownErrorParams().nullable(),
    product: shownText('农夫山泉 饮用天然水 550ml')
      .nullable()
      .meta({ description: "The name of the product whose barcode `params` names, by the order's lines." }),
  }),
)
export type ImportFailure = AnswerOf<typeof importFailureAnswer>

/** What an import of many would do. */
export const importsPreviewAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({
    total: z.int().meta({ examples: [120] }),
    count: z.int().meta({ description: 'So many would be booked.', examples: [117] }),
    amount: shownYuan().meta({ description: 'Their sum.' }),
    problems: z
      .array(importFailureAnswer().pick({ errmsg: true, code: true, params: true }).extend({ count: shownInteger() }))
      .meta({ description: 'What stands in the way of orders that would go otherwise, the commonest first.' }),
    unchecked: z.int().meta({ description: 'Of so many barcodes and tax rates C8 has said nothing.', examples: [0] }),
  }),
)
export type ImportsPreview = AnswerOf<typeof importsPreviewAnswer>

/** A batch with what failed in it. */
export const importBatchDetailAnswer = /* @__PURE__ */ answerSchema(() =>
  importBatchAnswer().extend({ failures: z.array(importFailureAnswer()) }),
)

/** A batch that was just made. */
export const newBatchAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({ id: shownInteger(), total: z.int().meta({ examples: [120] }) }),
)

/** How many orders of a batch something was done with. */
export const batchCountAnswer = /* @__PURE__ */ answerSchema(() => z.object({ count: z.int().meta({ examples: [3] }) }))
