import { z } from 'zod'
import {
  answerSchema,
  pageOf,
  shownC8Id,
  shownDate,
  shownInteger,
  shownSetOfBook,
  shownText,
  shownTime,
  shownUser,
  shownYuan,
  type AnswerOf,
} from './answer-schema.ts'
import { dateField, integerField, nameField, pagingFields, textField } from './fields.ts'

/** What a retail document is printed as: 收据, 发票, 增值税发票. */
export const BILL_TYPES = { 0: '收据', 1: '发票', 2: '增值税发票' } as const
export type BillType = keyof typeof BILL_TYPES

/** A cabinet's configuration as the form sends it. */
export const deviceSchema = z.object({
  name: nameField(64).meta({ examples: ['一号柜'] }),
  dev_id: integerField(),
  store_id: integerField(1),
  bank_id: integerField(1),
  member_id: integerField(1),
  employee_id: integerField(1),
  bill_type: integerField(0, 2).transform((type) => type as BillType),
})
export type DeviceInput = z.output<typeof deviceSchema>

/** Any subset of the fields, and from which day's orders on they hold: by default for all that is not imported. */
export const devicePatchSchema = deviceSchema.partial().extend({ effective_from: dateField().optional() })
export type DevicePatch = z.output<typeof devicePatchSchema>

/** The list's query. */
export const deviceQuerySchema = z.object({
  name: textField(1, 64)
    .meta({ examples: ['一号'] })
    .optional(),
  /** Part of the name or of the number. */
  q: textField(1, 64)
    .meta({ examples: ['10086'] })
    .optional(),
  ...pagingFields,
})

/** A device as every route shows it. */
export const deviceAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      id: shownInteger(),
      set_of_book: shownSetOfBook(),
      name: shownText('一号柜', 'What the shop calls the cabinet.'),
      dev_id: z.int().meta({ description: 'goBox’s number of the cabinet.', examples: [10086] }),
      store_id: z.int().meta({ description: 'C8’s store that is sold from.', examples: [1] }),
      bank_id: z.int().meta({ description: 'C8’s account that is paid into.', examples: [21] }),
      member_id: z.int().meta({ description: 'C8’s member who buys.', examples: [61] }),
      employee_id: z.int().meta({ description: 'C8’s employee who sells.', examples: [41] }),
      bill_type: z.literal([0, 1, 2]).meta({ description: '0 收据, 1 发票, 2 增值税发票' }),
      created_at: shownTime(),
      created_user: shownUser(),
      updated_at: shownTime().nullable(),
      updated_user: shownUser().nullable(),
    })
    .meta({ id: 'Device' }),
)
export type Device = AnswerOf<typeof deviceAnswer>

/** How long a cabinet has been quiet; `null` where that is not known. */
const silenceFields = /* @__PURE__ */ answerSchema(() =>
  z.object({
    expected_missed: z
      .number()
      .nullable()
      .meta({
        description: 'What it would have sold since its last order, going by the weeks before.',
        examples: [3.5],
      }),
    last_order_at: shownTime().nullable(),
    silent: z.boolean(),
  }),
)
export type Silence = AnswerOf<typeof silenceFields>

const deviceRowAnswer = /* @__PURE__ */ answerSchema(() =>
  deviceAnswer().extend(silenceFields().shape).meta({ id: 'DeviceRow' }),
)
export type DeviceRow = AnswerOf<typeof deviceRowAnswer>
export const devicePageAnswer = /* @__PURE__ */ answerSchema(() => pageOf(deviceRowAnswer()))

/** A configuration that a cabinet has had. */
const deviceVersionAnswer = /* @__PURE__ */ answerSchema(() =>
  deviceAnswer()
    .pick({ name: true, store_id: true, bank_id: true, member_id: true, employee_id: true, bill_type: true })
    .extend({
      effective_from: shownDate().nullable().meta({ description: '`null`: it holds for orders of any day.' }),
      user: shownUser(),
      at: shownTime(),
    })
    .meta({ id: 'DeviceVersion' }),
)
export type DeviceVersion = AnswerOf<typeof deviceVersionAnswer>

/** A device as its own page shows it. */
export const deviceDetailAnswer = /* @__PURE__ */ answerSchema(() =>
  deviceRowAnswer()
    .extend({
      versions: z.array(deviceVersionAnswer()).meta({ description: 'Its configurations, the newest first.' }),
    })
    .meta({ id: 'DeviceDetail' }),
)
export type DeviceDetail = AnswerOf<typeof deviceDetailAnswer>

/** What a cabinet has sold in four weeks. */
export const deviceActivityAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({
    hours: z.array(z.int()).meta({ description: '168: orders by hour of the week, from Monday 0:00 on.' }),
    best_sellers: z.array(
      z.object({
        barcode: shownText('6901028024969'),
        name: shownText('农夫山泉'),
        quantity: z.number().meta({ examples: [12] }),
        amount: shownYuan(),
      }),
    ),
    failed: z.int().meta({ description: 'Orders whose import failed.', examples: [0] }),
  }),
)
export type DeviceActivity = AnswerOf<typeof deviceActivityAnswer>

/** A cabinet that orders came from but that is not configured. */
const unconfiguredDeviceAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({
    dev_id: z.int().meta({ examples: [10086] }),
    orders: shownInteger(),
    amount: shownYuan(),
    last_seen: shownTime().meta({ description: 'Its newest order’s `create_time`.' }),
    ...silenceFields().shape,
  }),
)
export type UnconfiguredDevice = AnswerOf<typeof unconfiguredDeviceAnswer>

export const unconfiguredDevicesAnswer = /* @__PURE__ */ answerSchema(() => pageOf(unconfiguredDeviceAnswer()))

/** C8's lists that a device refers to. */
export type C8List = 'stores' | 'banks' | 'employees' | 'members'

/** The query of C8's lists. */
export const c8ListQuerySchema = z.object({
  name: textField(1, 64)
    .meta({ examples: ['一号'] })
    .optional(),
  ...pagingFields,
})

/** The query of C8's products. */
export const productQuerySchema = z.object({
  name: textField(1, 64)
    .meta({ examples: ['山泉'] })
    .optional(),
  barcode: textField(1, 128)
    .meta({ examples: ['6901028024969'] })
    .optional(),
  ...pagingFields,
})

/** A page of C8's products. */
export const productPageAnswer = /* @__PURE__ */ answerSchema(() =>
  pageOf(
    z.object({
      id: shownC8Id(),
      name: shownText('农夫山泉').nullable(),
      barcode: shownText('6901028024969').nullable(),
    }),
  ),
)

/** A page of one of C8's lists: what C8 tells of each entry, as it tells it. */
export const c8ListAnswer = /* @__PURE__ */ answerSchema(() =>
  pageOf(z.looseObject({ id: shownC8Id(), name: shownText('总仓').nullish() })),
)
