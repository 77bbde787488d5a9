import { z } from 'zod'
import { answerSchema, shownDate, shownInteger, shownText, shownYuan, type AnswerOf } from './answer-schema.ts'
import { choiceField, dateField } from './fields.ts'
import { EXPORT_FORMATS } from './orders.ts'
import { REPORT_KINDS } from './report-kinds.ts'
import { figureFilterAnswer } from './summary.ts'

const range = { from: dateField().optional(), to: dateField().optional() }
const by = choiceField(REPORT_KINDS)
  .optional()
  .transform((kind) => kind ?? 'day')

/** The query of a report: its first and last day, both inclusive, and by what its rows are told apart. */
export const reportQuerySchema = z.object({ ...range, by })
export type ReportQuery = z.output<typeof reportQuerySchema>

/** The same as a file, which is a workbook where no form is named. */
export const reportExportSchema = z.object({
  ...range,
  by,
  format: choiceField(EXPORT_FORMATS)
    .optional()
    .transform((format) => format ?? 'xlsx'),
})

/** How many orders, their sum in yuan, and the filter that finds them. */
const reportFigureAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      orders: z
        .int()
        .nullable()
        .meta({ description: '`null` by product.', examples: [12] }),
      amount: shownYuan(),
      filter: figureFilterAnswer().nullable().meta({ description: '`null` where no filter finds just these.' }),
    })
    .meta({ id: 'ReportFigure' }),
)
export type ReportFigure = AnswerOf<typeof reportFigureAnswer>

/** What a report says of a stretch, a cabinet, an hour or a product. */
const reportFiguresAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      sales: reportFigureAnswer().meta({
        description: 'Orders paid and not taken back (支付成功); by product its lines in them.',
      }),
      mean_order: shownYuan().nullable().meta({ description: 'Of `sales`; `null` by product and without orders.' }),
      refunds: reportFigureAnswer().nullable().meta({ description: 'Orders paid back (退款成功); `null` by product.' }),
      margin: shownYuan()
        .nullable()
        .meta({ description: 'Amount less cost of the lines whose cost is known; `null` by hour and by cabinet.' }),
      margin_percent: z
        .number()
        .nullable()
        .meta({ description: 'Of the amount of these lines, with at most one decimal.', examples: [31.5] }),
      amount_without_cost: shownYuan()
        .nullable()
        .meta({ description: 'Of the lines whose cost goBox did not tell; they are in no margin.' }),
    })
    .meta({ id: 'ReportFigures' }),
)
export type ReportFigures = AnswerOf<typeof reportFiguresAnswer>

const stretchAnswer = /* @__PURE__ */ answerSchema(() =>
  reportFiguresAnswer().extend({ from: shownDate(), to: shownDate() }).meta({ id: 'ReportStretch' }),
)
export type ReportStretch = AnswerOf<typeof stretchAnswer>

/** The sales that a row is compared with. */
const comparedAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({ orders: z.int().nullable(), amount: shownYuan() }).meta({ id: 'ReportCompared' }),
)
export type ReportCompared = AnswerOf<typeof comparedAnswer>

const reportRowAnswer = /* @__PURE__ */ answerSchema(() =>
  reportFiguresAnswer()
    .extend({
      key: shownText(
        '2026-11-20',
        'The first day, the hour of the week from Monday on (0 to 167), the `dev_id` or the barcode.',
      ),
      to: shownDate().nullable().meta({ description: 'The last day; `null` where the row is no stretch.' }),
      name: shownText('一号柜', 'Of the cabinet or the product, where it has one.').nullable(),
      quantity: z
        .number()
        .nullable()
        .meta({ description: 'By product alone.', examples: [24] }),
      before: comparedAnswer().nullable().meta({ description: '`null` where the other range has no such days.' }),
      year_before: comparedAnswer().nullable(),
    })
    .meta({ id: 'ReportRow' }),
)
export type ReportRow = AnswerOf<typeof reportRowAnswer>

/** What `GET /api/reports` answers. */
export const reportAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({
    by: z.enum(REPORT_KINDS),
    total: stretchAnswer(),
    before: stretchAnswer().meta({ description: 'As many days before; of whole months as many months before.' }),
    year_before: stretchAnswer(),
    rows: z.array(reportRowAnswer()).meta({ description: 'In the order of time; else the largest amount first.' }),
    left_out: shownInteger().meta({ description: 'Rows beyond those shown; the export has all.' }),
  }),
)
export type Report = AnswerOf<typeof reportAnswer>
