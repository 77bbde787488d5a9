import { z } from 'zod'
import {
  answerSchema,
  pageOf,
  shownDate,
  shownErrorCode,
  shownErrorParams,
  shownInteger,
  shownText,
  shownTime,
  shownUser,
  shownYuan,
  type AnswerOf,
} from './answer-schema.ts'
import { shownStatus } from './order-answers.ts'
import { DAY_STATUSES, DIFFERENCE_KINDS } from './settlement-kinds.ts'

const daySumAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({ orders: z.int().meta({ examples: [12] }), amount: shownYuan() })
    .meta({ id: 'DaySum', description: 'How many orders, and their sum.' }),
)
export type DaySum = AnswerOf<typeof daySumAnswer>

/** What a day, and each of its cabinets, came to; `null` until a check has got through that step. */
const sumsAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({
    gobox: daySumAnswer().nullable().meta({ description: 'What goBox lists.' }),
    stored: daySumAnswer().meta({ description: 'Paid orders that are stored here.' }),
    c8: daySumAnswer().nullable().meta({ description: 'Orders whose document C8 has.' }),
    refunds: daySumAnswer(),
  }),
)

const settlementAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      date: shownDate(),
      status: z.enum(DAY_STATUSES),
      checked_at: shownTime().nullable(),
      checked_user: shownUser().nullable(),
      check_error: shownText('goBox 获取访问令牌失败：连接不上，请稍后再试')
        .nullable()
        .meta({ description: 'Why the last check did not come to its end.' }),
      check_error_code: shownErrorCode().nullable(),
      check_error_params: shownErrorParams().nullable(),
      closed_at: shownTime().nullable(),
      closed_user: shownUser().nullable(),
      note: shownText('已在 C8 手工补单').nullable(),
      ...sumsAnswer().shape,
      fetched: shownInteger().meta({ description: 'Orders that the last check created or changed here.' }),
      differences: shownInteger().meta({ description: 'Neither gone nor accepted.' }),
      changed_after_close: shownInteger().meta({ description: 'Changes since the close that nobody has accepted.' }),
    })
    .meta({ id: 'Settlement' }),
)
export type SettlementDay = AnswerOf<typeof settlementAnswer>

export const settlementPageAnswer = /* @__PURE__ */ answerSchema(() => pageOf(settlementAnswer()))

const settlementCabinetAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      dev_id: z.int().meta({ examples: [10086] }),
      name: shownText('一号柜', '`null` when the cabinet is not configured.').nullable(),
      ...sumsAnswer().shape,
    })
    .meta({ id: 'SettlementCabinet' }),
)
export type SettlementCabinet = AnswerOf<typeof settlementCabinetAnswer>

export const differenceAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      id: shownInteger(),
      kind: z.enum(DIFFERENCE_KINDS),
      order_id: shownInteger().nullable().meta({ description: '`null`: no order is stored here.' }),
      trans_id: shownText('T-1'),
      dev_id: z
        .int()
        .nullable()
        .meta({ examples: [10086] }),
      gobox_amount: shownYuan().nullable(),
      stored_amount: shownYuan().nullable(),
      c8_amount: shownYuan().nullable(),
      retail_code: shownText('LS-20261120-0001').nullable(),
      detail: shownText('goBox：支付成功；本系统：退款成功', 'In Chinese.').nullable(),
      detail_code: shownErrorCode().nullable(),
      detail_params: shownErrorParams().nullable(),
      resolved_at: shownTime().nullable(),
      accepted_at: shownTime().nullable(),
      accepted_user: shownUser().nullable(),
      note: shownText('已在 C8 手工补单').nullable(),
    })
    .meta({ id: 'SettlementDifference' }),
)
export type SettlementDifference = AnswerOf<typeof differenceAnswer>

const progressAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      step: z.enum(['gobox', 'c8']),
      done: shownInteger(),
      total: shownInteger().nullable().meta({ description: '`null` while it is not known.' }),
    })
    .meta({ id: 'CheckProgress', description: 'How far the check that runs has come.' }),
)
export type CheckProgress = AnswerOf<typeof progressAnswer>

/** A day as its own page shows it. */
export const settlementDetailAnswer = /* @__PURE__ */ answerSchema(() =>
  settlementAnswer()
    .extend({
      progress: progressAnswer().nullable(),
      cabinets: z.array(settlementCabinetAnswer()),
      differences: z.array(differenceAnswer()),
    })
    .meta({ id: 'SettlementDetail' }),
)
export type SettlementDetail = AnswerOf<typeof settlementDetailAnswer>

/** What a request for a check answers. */
export const checkAskedAnswer = /* @__PURE__ */ answerSchema(() => z.object({ status: z.literal('checking') }))

/** How many changes were accepted. */
export const changesAcceptedAnswer = /* @__PURE__ */ answerSchema(() => z.object({ accepted: shownInteger() }))

/** What a change of a closed day can change, beside the lines. */
const changedOrderAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      status: shownStatus(),
      total_amount: shownYuan(),
      dev_id: z.int().meta({ examples: [10086] }),
      create_time: shownTime(),
    })
    .meta({ id: 'ChangedOrder' }),
)

/** What happened to an order of a closed day. */
const changeAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      id: shownInteger(),
      at: shownTime(),
      order_id: shownInteger(),
      trans_id: shownText('T-1'),
      detail: shownText('交易状态：支付成功 → 退款成功', 'In Chinese.'),
      before: changedOrderAnswer().nullable().meta({ description: '`null`: the order is new.' }),
      after: changedOrderAnswer(),
      lines_changed: z.boolean(),
      accepted_at: shownTime().nullable(),
      accepted_user: shownUser().nullable(),
      note: shownText('已退给顾客').nullable(),
    })
    .meta({ id: 'SettlementChange' }),
)
export type SettlementChange = AnswerOf<typeof changeAnswer>

export const changePageAnswer = /* @__PURE__ */ answerSchema(() => pageOf(changeAnswer()))
