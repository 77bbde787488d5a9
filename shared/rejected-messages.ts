import { z } from 'zod'
import {
  answerSchema,
  pageOf,
  shownErrorCode,
  shownErrorParams,
  shownInteger,
  shownText,
  shownTime,
  type AnswerOf,
} from './answer-schema.ts'
import { textField } from './fields.ts'

/** Messages of goBox about one order that could not be understood, as the list shows them. */
const rejectedMessageAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      id: shownInteger(),
      trans_id: shownText('T-9', 'The order, where it could be read.').nullable(),
      received_at: shownTime().meta({ description: 'The newest came.' }),
      first_at: shownTime().meta({ description: 'The first came.' }),
      count: z.int().meta({ description: 'So many came.', examples: [3] }),
      source: z.enum(['webhook', 'download']),
      truncated: z.boolean().meta({ description: 'Only the beginning of the text is kept: it cannot be replayed.' }),
      reason: shownText('status：不是已知的订单状态'),
      reason_code: shownErrorCode().nullable(),
      reason_params: shownErrorParams().nullable(),
    })
    .meta({ id: 'RejectedMessage' }),
)
export type RejectedMessage = AnswerOf<typeof rejectedMessageAnswer>

/** One with the newest text, as it came. */
export const rejectedMessageTextAnswer = /* @__PURE__ */ answerSchema(() =>
  rejectedMessageAnswer()
    .extend({ body: shownText('{"trans_id":"T-9","status":999}', 'The newest text, as it came.') })
    .meta({ id: 'RejectedMessageText' }),
)
export type RejectedMessageText = AnswerOf<typeof rejectedMessageTextAnswer>

const MAX_TEXT = 64 * 1024

/** The text that takes a kept message's place; without it the message as it came. */
export const mendedMessageSchema = z.object({
  body: textField(1, MAX_TEXT)
    .meta({ examples: ['{"trans_id":"T-9","status":100}'] })
    .optional(),
})

/** All that is wrong with a message; none: it can be stored. */
export const messageProblemsAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({
    problems: z.array(
      z.object({
        errmsg: shownText('status：不是已知的订单状态'),
        code: shownErrorCode(),
        params: shownErrorParams().nullable(),
      }),
    ),
  }),
)
export type MessageProblems = AnswerOf<typeof messageProblemsAnswer>

/** The kept messages, and how many orders' were pushed out by newer ones. */
export const rejectedMessagePageAnswer = /* @__PURE__ */ answerSchema(() =>
  pageOf(rejectedMessageAnswer()).extend({
    pushed_out: z.int().meta({ description: 'So many orders’ messages were pushed out by newer ones.', examples: [0] }),
    last_pushed_out_at: shownTime().nullable(),
  }),
)
export type RejectedMessagePage = AnswerOf<typeof rejectedMessagePageAnswer>
