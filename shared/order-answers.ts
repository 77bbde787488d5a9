import { z } from 'zod'
import {
  answerSchema,
  pageOf,
  shownC8Id,
  shownErrorCode,
  shownErrorParams,
  shownInteger,
  shownSetOfBook,
  shownText,
  shownTime,
  shownUser,
  shownYuan,
  type AnswerOf,
} from './answer-schema.ts'
import { deviceAnswer } from './devices.ts'
import { IMPORT_STATES } from './import-state.ts'
import { orderHistoryEntryAnswer } from './order-history.ts'
import { ORDER_STATUS, type OrderStatus } from './order-status.ts'

/** An order's status; its meta lists what the numbers mean. */
export const shownStatus = /* @__PURE__ */ answerSchema(() =>
  z.literal(Object.keys(ORDER_STATUS).map((status) => Number(status) as OrderStatus)).meta({
    id: 'OrderStatus',
    description: Object.entries(ORDER_STATUS)
      .map(([status, name]) => `${status} ${name}`)
      .join(', '),
  }),
)

const shownLine = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      barcode: shownText('6901028024969'),
      name: shownText('农夫山泉'),
      num: z.number().meta({ examples: [2] }),
      amount: shownYuan().meta({ description: 'What was paid for the line.' }),
      cost: shownYuan().nullable(),
    })
    .meta({ id: 'OrderLine' }),
)

const refundFields = () => ({
  refund_handled_at: shownTime().nullable().meta({ description: 'When somebody said what was done about its refund.' }),
  refund_handled_user: shownUser().nullable(),
  refund_note: shownText('已在 C8 手工冲红', 'What was done about its refund.').nullable(),
})

/** An order as every route shows it: amounts in yuan, times as text in the shop's zone. */
export const orderAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      id: shownInteger(),
      set_of_book: shownSetOfBook(),
      trans_id: shownText('T-1', 'goBox’s number of the order.'),
      status: shownStatus(),
      e_id: shownText('E-1', 'The buyer.'),
      dev_id: z.int().meta({ description: 'The cabinet.', examples: [10086] }),
      create_time: shownTime(),
      update_time: shownTime(),
      total_amount: shownYuan().meta({ description: 'The sum of the lines.' }),
      products: z.array(shownLine()),
      created_at: shownTime().meta({ description: 'When it reached this app.' }),
      created_user: shownUser().meta({ description: 'Who brought it; `goBox` for a message.', examples: ['goBox'] }),
      is_imported: z.boolean(),
      imported_at: shownTime().nullable(),
      imported_user: shownUser().nullable(),
      retail_id: shownC8Id().nullable(),
      retail_code: shownText('LS20261120-0001').nullable(),
      import_state: z.enum(IMPORT_STATES),
      import_error: shownText(
        '货柜 10086 还没有配置，请先在“货柜”里配置它',
        'Why the last import did not finish.',
      ).nullable(),
      import_error_code: shownErrorCode()
        .nullable()
        .meta({ description: 'The same for programs; `null` also where it was noted before there were codes.' }),
      import_error_params: shownErrorParams().nullable(),
      import_retry_at: shownTime().nullable().meta({ description: 'When it is tried again by itself after a fault.' }),
      ...refundFields(),
      awaits_c8: z
        .boolean()
        .meta({ description: 'C8 got a create that it has not answered: only look-ups are made for a while.' }),
      is_under_way: z.boolean().meta({ description: 'An attempt to import it runs right now.' }),
    })
    .meta({ id: 'Order' }),
)
export type Order = AnswerOf<typeof orderAnswer>

/** A row of trade_view. */
export const orderRowAnswer = /* @__PURE__ */ answerSchema(() =>
  orderAnswer()
    .extend({ device_name: shownText('一号柜', '`null` when the cabinet is not configured.').nullable() })
    .meta({ id: 'OrderRow' }),
)
export type OrderRow = AnswerOf<typeof orderRowAnswer>

const sumAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({ orders: z.int().meta({ examples: [12] }), amount: shownYuan() }).meta({ id: 'Sum' }),
)

/** trade_view's answer: a page, and how many orders match the filter with how many yuan. */
export const orderPageAnswer = /* @__PURE__ */ answerSchema(() =>
  pageOf(orderRowAnswer()).extend({
    amount: shownYuan().meta({ description: 'Of all matches.' }),
    paid: sumAnswer().meta({ description: 'Of those paid and not taken back (支付成功).' }),
    refunded: sumAnswer().meta({ description: 'Of those paid back (退款成功).' }),
    other: sumAnswer().meta({ description: 'Of all others.' }),
  }),
)
export type OrderPage = AnswerOf<typeof orderPageAnswer>

/** One order as its own page shows it, with the configuration of its cabinet. */
export const orderDetailAnswer = /* @__PURE__ */ answerSchema(() =>
  orderAnswer().extend({
    device: deviceAnswer().nullable(),
    history: z.array(orderHistoryEntryAnswer()).meta({ description: 'The newest entries, oldest first.' }),
    history_total: z.int().meta({ description: 'Counts the older ones, too.', examples: [1] }),
  }),
)
export type OrderDetail = AnswerOf<typeof orderDetailAnswer>

/** get_orders' answer. */
export const downloadAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({
    page: z
      .int()
      .nullable()
      .meta({ description: 'The next page’s number, `null` after the last.', examples: [2] }),
    received: z.int().meta({ description: 'Orders on this page.', examples: [50] }),
    created: z.int().meta({ examples: [48] }),
    updated: z.int().meta({ examples: [1] }),
    refused: z
      .array(
        z.object({
          trans_id: shownText('T-9'),
          errmsg: shownText('status：不是已知的订单状态'),
          code: shownErrorCode(),
          params: shownErrorParams().optional(),
        }),
      )
      .meta({ description: 'Orders that cannot be stored, which does not stop the others.' }),
  }),
)
export type Download = AnswerOf<typeof downloadAnswer>

/** import's answer. */
export const importedAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({ retail_id: shownC8Id().nullable(), retail_code: shownText('LS20261120-0001').nullable() }),
)

const draftAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      source: z.literal('gobox'),
      source_id: shownText('T-1'),
      store_id: z.int(),
      bank_id: z.int(),
      member_id: z.int(),
      employee_id: z.int(),
      bill_type: z.literal([0, 1, 2]),
      total_amount: shownYuan(),
      bank_amount: shownYuan(),
      retail_lines: z.array(
        z.object({ product_id: shownC8Id(), quantity: z.number(), tax_price: z.number(), tax_rate: z.number() }),
      ),
    })
    .meta({ id: 'RetailDraft', description: 'The body of C8’s `POST /api/retails`.' }),
)

/** preview_import's answer. */
export const previewAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({
    draft: draftAnswer().nullable().meta({ description: '`null` where there are problems.' }),
    lines: z
      .array(
        z.object({
          barcode: shownText('6901028024969'),
          c8_barcode: shownText('6901028024976', 'Under which it is booked, where that is another.').optional(),
          name: shownText('农夫山泉'),
          product_id: shownC8Id().nullable(),
          quantity: z.number(),
          tax_price: z.number().nullable(),
          tax_rate: z.number().nullable(),
        }),
      )
      .meta({ description: 'As they are booked, with `null` for what cannot be said.' }),
    problems: z.array(shownText('货柜 10086 还没有配置，请先在“货柜”里配置它')),
    reasons: z
      .array(
        z.object({
          errmsg: shownText('货柜 10086 还没有配置，请先在“货柜”里配置它'),
          code: shownErrorCode().nullable(),
          params: shownErrorParams().nullable(),
        }),
      )
      .meta({ description: 'The same with their codes.' }),
  }),
)
export type Preview = AnswerOf<typeof previewAnswer>
