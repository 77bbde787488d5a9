import { z } from 'zod'
import {
  answerSchema,
  pageOf,
  shownErrorCode,
  shownErrorParams,
  shownText,
  shownTime,
  shownUser,
  shownYuan,
  type AnswerOf,
} from './answer-schema.ts'

/** What is known of a product line beside its barcode. */
const lineFactsAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      name: shownText('农夫山泉'),
      num: z.number().meta({ examples: [2] }),
      amount: shownYuan(),
      cost: shownYuan().nullable(),
    })
    .meta({ id: 'LineFacts' }),
)
export type LineFacts = AnswerOf<typeof lineFactsAnswer>

/** A line that a message changed. */
const lineChangeAnswer = /* @__PURE__ */ answerSchema(() => {
  const facts = lineFactsAnswer().partial().nullable()
  return z
    .object({ barcode: shownText('6901028024969'), name: shownText('农夫山泉'), before: facts, after: facts })
    .meta({
      id: 'LineChange',
      description: 'What differs before and after. Of a line that was added or taken away, all of it beside `null`.',
    })
})
export type LineChange = AnswerOf<typeof lineChangeAnswer>

/** The lines that a message changed. */
const lineChangesAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      lines: z.array(lineChangeAnswer()),
      more: z.int().meta({ description: 'How many more than are listed.', examples: [0] }),
    })
    .meta({ id: 'LineChanges' }),
)
export type LineChanges = AnswerOf<typeof lineChangesAnswer>

/** What an order's history notes; that it was received stands in the order itself. */
export const NOTED_ORDER_EVENTS = [
  'changed',
  'queued',
  'sending',
  'created',
  'imported',
  'failed',
  'retried',
  'cancelled',
  'reset',
  'refund_handled',
  'refund_reopened',
] as const

/** What can happen to an order. */
const ORDER_EVENTS = ['received', ...NOTED_ORDER_EVENTS] as const

/** Fields that a message changed, as `[before, after]`. */
const fieldChangesAnswer = /* @__PURE__ */ answerSchema(() =>
  z.record(z.string(), z.tuple([z.unknown(), z.unknown()])).meta({
    id: 'FieldChanges',
    description: 'By field, what it was and what it is.',
    examples: [{ status: [101, 100] }],
  }),
)

/** One entry of an order's history: what happened, when, by whom. */
export const orderHistoryEntryAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      sequence: z.int().meta({ description: 'The entries of an order in turn; 0 is its arrival.', examples: [1] }),
      at: shownTime(),
      user: shownUser(),
      event: z.enum(ORDER_EVENTS),
      reason: shownText('货柜 10086 还没有配置，请先在“货柜”里配置它', 'Why, for `queued` and `failed`.').optional(),
      code: shownErrorCode().optional(),
      params: shownErrorParams().optional(),
      change: fieldChangesAnswer().optional(),
      lines: lineChangesAnswer().optional(),
      withheld: fieldChangesAnswer()
        .meta({ description: 'Changes that came too late, when C8 had or might have had the order.' })
        .optional(),
      withheld_lines: lineChangesAnswer().optional(),
      note: shownText('已在 C8 手工冲红', 'What was done about a refund.').optional(),
      retail_code: shownText('LS20261120-0001').nullish(),
      adopted: z.boolean().meta({ description: 'The document was there already and was taken over.' }).optional(),
    })
    .meta({ id: 'OrderHistoryEntry' }),
)
export type OrderHistoryEntry = AnswerOf<typeof orderHistoryEntryAnswer>

export const orderHistoryPageAnswer = /* @__PURE__ */ answerSchema(() => pageOf(orderHistoryEntryAnswer()))

/** So many entries are shown at once at most. */
export const HISTORY_PAGE = 200
