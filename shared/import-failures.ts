import { z } from 'zod'
import { answerSchema, pageOf, shownInteger, shownTime, shownYuan, type AnswerOf } from './answer-schema.ts'
import { barcodeAliasAnswer } from './barcode-aliases.ts'
import { choiceField, integerField, pagingFields, textField } from './fields.ts'
import { importFailureAnswer, retrySchema } from './imports.ts'
import { EXPORT_FORMATS } from './orders.ts'

const code = textField(1, 64)
  .meta({ description: '`product_unknown` finds `alias_unknown`, too.', examples: ['product_unknown'] })
  .optional()

/** The query of the failed imports by reason: those of one code alone, or all. */
export const failuresQuerySchema = z.object({ code, ...pagingFields })

/** Which of them C8 is asked about: so many as it answers soon. */
export const failuresCheckSchema = z.object({
  code,
  start: integerField(0).default(0),
  limit: integerField(1, 50).default(50),
})

/** The reason whose orders are imported again: a code with its params, or one from before there were codes. */
export const failuresRetrySchema = retrySchema.refine(
  (given) => (given.code === undefined) !== (given.reason === undefined),
  { error: 'code 和 reason 必须且只能给一个', params: { rule: 'code_or_reason' } },
)

/** The unknown barcodes as a file, which is a workbook where no form is named. */
export const unknownBarcodesSchema = z.object({
  format: choiceField(EXPORT_FORMATS)
    .optional()
    .transform((format) => format ?? 'xlsx'),
})

const sums = () => ({
  orders: z.int().meta({ description: 'So many orders wait.', examples: [5] }),
  amount: shownYuan().meta({ description: 'Their sum.' }),
})

/** Orders whose import failed for one reason. */
const failureGroupAnswer = /* @__PURE__ */ answerSchema(() =>
  importFailureAnswer()
    .pick({ errmsg: true, code: true, params: true, product: true })
    .extend({
      ...sums(),
      since: shownTime().meta({ description: 'When the oldest of them was made.' }),
      alias: barcodeAliasAnswer()
        .nullable()
        .meta({ description: 'The alias that leads to the barcode of `params`, where no order has that itself.' }),
    })
    .meta({ id: 'ImportFailureGroup' }),
)
export type FailureGroup = AnswerOf<typeof failureGroupAnswer>

/** What `GET /api/import_failures` answers. */
export const failurePageAnswer = /* @__PURE__ */ answerSchema(() =>
  pageOf(failureGroupAnswer()).extend(sums()).meta({ description: 'The sums are of all reasons, not of the page.' }),
)
export type FailurePage = AnswerOf<typeof failurePageAnswer>

/** Whose cause is gone, as C8 and the settings are now. */
export const failuresCheckAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({
    gone: z
      .array(importFailureAnswer().pick({ code: true, params: true }))
      .meta({ description: 'Reasons for which the first of their orders would not fail any more.' }),
    unchecked: shownInteger().meta({ description: 'Of so many reasons C8 has said nothing.' }),
  }),
)
export type FailuresCheck = AnswerOf<typeof failuresCheckAnswer>
