import { z } from 'zod'
import {
  answerSchema,
  shownDate,
  shownInteger,
  shownText,
  shownTime,
  shownYuan,
  type AnswerOf,
} from './answer-schema.ts'
import { choiceField } from './fields.ts'
import type { OrderStatus } from './order-status.ts'

/** The overview's periods, in days with today. */
export const SUMMARY_DAYS = ['1', '7', '30'] as const

/** The overview's query: what the details are about; the periods are always all there. */
export const summaryQuerySchema = z.object({
  days: choiceField(SUMMARY_DAYS).default('7').transform(Number),
})

/** trade_view's filter that finds exactly the orders of a figure. */
export const figureFilterAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      start_date: shownDate().optional(),
      end_date: shownDate().optional(),
      status: z
        .custom<OrderStatus>()
        .meta({ override: { type: 'integer' }, examples: [100] })
        .optional(),
      dev_id: z
        .int()
        .meta({ examples: [10086] })
        .optional(),
      import_state: z.enum(['idle', 'failed']).optional(),
      unconfigured: z.literal([0, 1]).optional(),
      refund_handled: z.literal(0).optional(),
      refund_overdue: z.literal(1).optional(),
      barcode: shownText('6901028024969').optional(),
    })
    .meta({ id: 'FigureFilter', description: 'trade_view’s filter that finds exactly these orders.' }),
)
export type FigureFilter = AnswerOf<typeof figureFilterAnswer>

/** How many orders, their sum in yuan, and the filter that finds them. */
const figureAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({ orders: z.int().meta({ examples: [12] }), amount: shownYuan(), filter: figureFilterAnswer() })
    .meta({ id: 'Figure' }),
)
export type Figure = AnswerOf<typeof figureAnswer>

/** One of the last days, or several together. */
const salesFiguresAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({
    all: figureAnswer().meta({ description: 'Every order, whatever became of it.' }),
    sales: figureAnswer().meta({ description: 'Orders paid and not taken back (支付成功).' }),
    refunds: figureAnswer().meta({ description: 'Orders paid back (退款成功).' }),
  }),
)
export type SalesFigures = AnswerOf<typeof salesFiguresAnswer>

const summaryPeriodAnswer = /* @__PURE__ */ answerSchema(() =>
  salesFiguresAnswer().extend({
    days: shownInteger(),
    before: z
      .object({ orders: z.int().meta({ examples: [11] }), amount: shownYuan() })
      .meta({ description: '`sales` of as many days before, up to the same time of the day.' }),
    cost: shownYuan().meta({ description: 'Of the lines of `sales` whose cost is known.' }),
    margin: shownYuan().meta({ description: 'Their amount less their cost.' }),
    amount_without_cost: shownYuan().meta({
      description: 'Of the lines of `sales` whose cost goBox did not tell; they are in no margin.',
    }),
  }),
)
export type SummaryPeriod = AnswerOf<typeof summaryPeriodAnswer>

/** A product's sales; `amount`, `cost` and `amount_without_cost` are of its lines alone, in yuan. */
const bestSellerAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({
    barcode: shownText('6901028024969'),
    name: shownText('农夫山泉'),
    quantity: z.number().meta({ examples: [24] }),
    amount: shownYuan(),
    cost: shownYuan(),
    amount_without_cost: shownYuan(),
    filter: figureFilterAnswer(),
  }),
)
export type BestSeller = AnswerOf<typeof bestSellerAnswer>

/** What `GET /api/summary` answers. */
export const summaryAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({
    periods: z.array(summaryPeriodAnswer()),
    days: z.int().meta({ description: 'The period that the details below are about.', examples: [7] }),
    by_day: z.array(salesFiguresAnswer().extend({ date: shownDate() })),
    by_cabinet: z
      .array(
        figureAnswer().extend({
          dev_id: z.int().meta({ examples: [10086] }),
          name: shownText('一号柜', '`null` when the cabinet is not configured.').nullable(),
        }),
      )
      .meta({ description: 'Sales, the largest first.' }),
    best_sellers: z.array(bestSellerAnswer()),
    waiting: z
      .object({
        importable: figureAnswer().meta({ description: 'Paid, never tried, and the cabinet is configured.' }),
        failed: figureAnswer(),
        refund_unhandled: figureAnswer().meta({
          description: 'Refunded after the import, or about to be, and nobody has said what was done.',
        }),
        refund_overdue: figureAnswer().meta({
          description: 'The refund has not ended for more than a day, and nobody has said what was done.',
        }),
        unconfigured: figureAnswer().extend({ cabinets: z.int().meta({ examples: [1] }) }),
      })
      .meta({ description: 'What waits for somebody, of all time.' }),
    last_webhook_at: shownTime().nullable(),
    last_download_at: shownTime().nullable(),
  }),
)
export type Summary = AnswerOf<typeof summaryAnswer>
