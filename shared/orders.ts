import { z } from 'zod'
import { choicesField } from './choices-field.ts'
import { EXPORT_COLUMNS } from './export-columns.ts'
import {
  amountField,
  choiceField,
  endTimeField,
  flagField,
  integerField,
  nameField,
  pagingFields,
  quantityField,
  statusField,
  textField,
  timeField,
  transIdField,
} from './fields.ts'
import { IMPORT_STATES } from './import-state.ts'
import { MAX_YUAN } from './money.ts'

export type { Order, OrderDetail, OrderPage, OrderRow } from './order-answers.ts'

const orderLine = z.object(
  {
    barcode: textField(1, 128).meta({ examples: ['6901028024969'] }),
    name: textField(0, 256).meta({ examples: ['农夫山泉'] }),
    num: quantityField(),
    amount: amountField(),
    cost: amountField().optional(),
  },
  { error: '必须是一行商品（对象）' },
)

/** One product line of an order as stored: `amount` (paid for the line) and `cost` in fen. */
export type OrderLine = z.output<typeof orderLine>

const TOTAL_ERROR = { error: '合计金额超过一万亿', params: { rule: 'total' } }

/** Whether the order's total is an amount, too. */
function isWithinLimit(lines: OrderLine[]): boolean {
  return Math.abs(lines.reduce((sum, line) => sum + line.amount, 0)) <= MAX_YUAN * 100
}

/**
 * An order as goBox sends it to the webhook (docs/api.md, Order messages); amounts come out in fen, times in
 * milliseconds.
 */
export function orderMessageSchema(zone: string) {
  return z.object({
    trans_id: transIdField().meta({ examples: ['T-1'] }),
    status: statusField(),
    e_id: textField(0, 128).meta({ examples: ['E-1'] }),
    dev_id: integerField(),
    create_time: timeField(zone),
    update_time: timeField(zone),
    products: z
      .array(orderLine, { error: (issue) => (issue.input === undefined ? '必填' : '必须是商品行的列表') })
      .min(1, '至少要有一行商品')
      .max(200, '最多 200 行商品')
      .refine(isWithinLimit, TOTAL_ERROR),
  })
}

export type OrderMessage = z.output<ReturnType<typeof orderMessageSchema>>

/** The order as `orderMessageSchema`, but kept when no entry carries a barcode (docs/api.md, Downloads). */
export function downloadedOrderSchema(zone: string) {
  return orderMessageSchema(zone).extend({
    products: z.array(orderLine).max(200, '最多 200 行商品').refine(isWithinLimit, TOTAL_ERROR),
  })
}

/** trade_view's filter, and what the pages ask for beyond it. */
function orderFilterFields(zone: string) {
  return {
    dev_id: integerField().optional(),
    start_date: timeField(zone).optional(),
    end_date: endTimeField(zone).optional(),
    status: statusField().optional(),
    is_imported: flagField().optional(),
    trans_id: textField(1, 64)
      .meta({ examples: ['T-1'] })
      .optional(),
    import_state: choicesField(IMPORT_STATES).optional(),
    /** Whether C8 has got a create that it has not answered. */
    awaits_c8: flagField().optional(),
    /** Part of the trans_id, of the buyer (`e_id`) or of the document's code. */
    q: textField(1, 64)
      .meta({ examples: ['T-1'] })
      .optional(),
    /** Part of the name that the cabinet is configured with. */
    device_name: textField(1, 64)
      .meta({ examples: ['一号'] })
      .optional(),
    /** Whether the cabinet has no configuration. */
    unconfigured: flagField().optional(),
    /** Whether the money goes, or went, back. */
    refund: flagField().optional(),
    /** Whether C8 has a document although the money goes, or went, back. */
    refunded_after_import: flagField().optional(),
    /** No: such, and nobody has said what was done. Yes: somebody has. */
    refund_handled: flagField().optional(),
    /** Whether a refund has not ended for more than a day, and nobody has said what was done. */
    refund_overdue: flagField().optional(),
    /** Whether the import has been due for over half an hour and does not run. */
    import_stuck: flagField().optional(),
    /** Orders with a line of this product. */
    barcode: textField(1, 128)
      .meta({ examples: ['6901028024969'] })
      .optional(),
    /** Why the last import did not finish, exactly as `import_error` says it. */
    import_error: textField(1, 10_000)
      .meta({ examples: ['货柜 10086 还没有配置'] })
      .optional(),
    /** Whether it failed for none of the 20 reasons that came first, which the to-dos name one by one. */
    import_error_rest: flagField().optional(),
  }
}

const ordered = (range: { start_date?: number; end_date?: number }) =>
  range.start_date === undefined || range.end_date === undefined || range.start_date <= range.end_date
const orderedError = { path: ['start_date'], error: '不能晚于 end_date', params: { rule: 'after_end' } }

/** A filter alone, as a batch takes it. */
export function orderFilterSchema(zone: string) {
  return z.object(orderFilterFields(zone), { error: '必须是筛选条件（对象）' }).refine(ordered, orderedError)
}

export type OrderFilter = z.output<ReturnType<typeof orderFilterSchema>>

/** The forms in which orders can be taken away. */
export const EXPORT_FORMATS = ['csv', 'xlsx'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/**
 * The export's query: trade_view's filter, the form, which is a workbook where none is named, and the columns, by
 * default all.
 */
export function orderExportSchema(zone: string) {
  return z
    .object({
      ...orderFilterFields(zone),
      format: choiceField(EXPORT_FORMATS).default('xlsx'),
      columns: choicesField(EXPORT_COLUMNS).optional(),
    })
    .refine(ordered, orderedError)
}

/** How trade_view may be sorted; ties by id in the same direction. */
export const ORDER_SORTS = ['-create_time', 'create_time', '-total_amount', 'total_amount'] as const
/** Refunds that are overdue come by `update_time` unless another way is asked for. */
export type OrderSort = (typeof ORDER_SORTS)[number] | 'update_time'

/**
 * No index is sorted by amount (each costs every message of goBox), so that a page far down would be found by sorting
 * everything above it.
 */
const MAX_START_BY_AMOUNT = 10_000

/** trade_view's query: the filter and a page of it. */
export function orderQuerySchema(zone: string) {
  return z
    .object({
      ...orderFilterFields(zone),
      ...pagingFields,
      sort: choiceField(ORDER_SORTS).optional(),
    })
    .refine(ordered, orderedError)
    .refine(({ sort, start }) => !sort?.endsWith('total_amount') || start <= MAX_START_BY_AMOUNT, {
      path: ['start'],
      error: `按金额排序时最多到 ${MAX_START_BY_AMOUNT}，请先缩小范围`,
      params: { rule: 'start_by_amount', max: MAX_START_BY_AMOUNT },
    })
    .transform(({ sort, ...query }): typeof query & { sort: OrderSort } => ({
      ...query,
      sort: sort ?? (query.refund_overdue ? 'update_time' : '-create_time'),
    }))
}

export type OrderQuery = z.output<ReturnType<typeof orderQuerySchema>>

/** An import may name the total that the preview showed: another is not booked. */
export const importSchema = z.object({ total_amount: amountField().optional() })

/** What was done, as a body gives it; it is checked only where it is read. */
const refundNote = z.unknown().meta({
  override: {
    type: 'string',
    minLength: 1,
    maxLength: 200,
    description: 'What was done; required where `handled` is 1.',
  },
  examples: ['已在 C8 手工冲红'],
})

/** What handle_refund is told: what was done, or that it is taken back. */
export const refundSchema = z
  .object({ handled: flagField(), note: refundNote.optional() })
  .transform(({ handled, note }, context): { note: string | null } => {
    if (!handled) return { note: null }
    const parsed = nameField(200).safeParse(note)
    if (parsed.success) return { note: parsed.data }
    context.issues.push(...parsed.error.issues.map((issue) => ({ ...issue, path: ['note'], input: note }) as never))
    return z.NEVER
  })

/** get_orders' query (docs/api.md, Downloads); the service checks the seven days. */
export function downloadQuerySchema(zone: string) {
  return z
    .object({
      start_date: timeField(zone).optional(),
      end_date: endTimeField(zone).optional(),
      dev_id: integerField().optional(),
      trans_id: textField(1, 64)
        .meta({ examples: ['T-1'] })
        .optional(),
      status: statusField().optional(),
      page: integerField(1).default(1),
    })
    .refine(ordered, orderedError)
}

export type DownloadQuery = z.output<ReturnType<typeof downloadQuerySchema>>
