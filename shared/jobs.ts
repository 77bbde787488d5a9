import { z } from 'zod'
import { answerSchema, pageOf, shownInteger, shownTime, shownUser, shownYuan, type AnswerOf } from './answer-schema.ts'
import { choiceField, flagField, pagingFields } from './fields.ts'
import { checkSelection, importFailureAnswer, selectionFields, shownAutomatic, shownWait } from './imports.ts'
import { JOB_KINDS, ORDER_ACTIONS, SKIP_REASONS } from './job-rules.ts'

/** What is to be done, and with which orders: named one by one, or by trade_view's filter. */
export function jobSchema(zone: string) {
  return checkSelection(
    z.object({
      kind: choiceField(ORDER_ACTIONS),
      ...selectionFields(zone),
      /** Leaves out what the plan says would not go, where it would count as failed otherwise. */
      skip_refused: flagField().optional(),
    }),
  ).meta({ examples: [{ kind: 'import', ids: [1, 2] }] })
}

/** The list's query; `open`: only those that have not ended, or only those that have. */
export const jobQuerySchema = z.object({ open: flagField().optional(), ...pagingFields })

/** What a job would do. */
export const jobPlanAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({
    kind: z.enum(ORDER_ACTIONS),
    total: z.int().meta({ examples: [120] }),
    count: z.int().meta({ description: 'So many would go.', examples: [117] }),
    amount: shownYuan().meta({ description: 'Their sum.' }),
    skipped: z
      .array(z.object({ reason: z.enum(SKIP_REASONS), count: z.int().meta({ examples: [3] }) }))
      .meta({ description: 'Why the others would not, the commonest reason first.' }),
  }),
)
export type JobPlan = AnswerOf<typeof jobPlanAnswer>

/** How far a job has come; the numbers add up to `total`. */
export const jobAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      id: shownInteger(),
      kind: z.enum(JOB_KINDS),
      automatic: shownAutomatic(),
      created_at: shownTime(),
      created_user: shownUser(),
      total: z.int().meta({ examples: [120] }),
      done: z.int().meta({ examples: [100] }),
      failed: z.int().meta({ examples: [3] }),
      cancelled: z.int().meta({ examples: [0] }),
      pending: z.int().meta({ examples: [17] }),
      ...shownWait(),
    })
    .meta({ id: 'Job' }),
)
export type Job = AnswerOf<typeof jobAnswer>

export const jobPageAnswer = /* @__PURE__ */ answerSchema(() => pageOf(jobAnswer()))

/** A job with its failures, one by one and by their reason. */
export const jobDetailAnswer = /* @__PURE__ */ answerSchema(() =>
  jobAnswer().extend({
    failures: z.array(importFailureAnswer()),
    reasons: z
      .array(importFailureAnswer().pick({ errmsg: true, code: true, params: true }).extend({ count: shownInteger() }))
      .meta({ description: 'The failures by their reason, the commonest first.' }),
  }),
)
export type JobDetail = AnswerOf<typeof jobDetailAnswer>
