import { z } from 'zod'
import type { Device } from './devices.ts'
import {
  amountField,
  choiceField,
  endTimeField,
  flagField,
  integerField,
  pagingFields,
  quantityField,
  statusField,
  textField,
  timeField,
} from './fields.ts'
import { IMPORT_STATES, type ImportState } from './import-state.ts'
import type { OrderHistoryEntry } from './order-history.ts'
import { MAX_YUAN } from './money.ts'
import type { OrderStatus } from './order-status.ts'

const orderLine = z.object(
  {
    barcode: textField(1, 128),
    name: textField(0, 256),
    num: quantityField(),
    amount: amountField(),
    cost: amountField().optional(),
  },
  { error: '必须是一行商品（对象）' },
)

/** One product line of an order as stored: `amount` (paid for the line) and `cost` in fen. */
export type OrderLine = z.output<typeof orderLine>

/** Whether the order's total is an amount, too. */
function isWithinLimit(lines: OrderLine[]): boolean {
  return Math.abs(lines.reduce((sum, line) => sum + line.amount, 0)) <= MAX_YUAN * 100
}

/** An order as goBox sends it to the webhook (contract.md, 3.1); amounts come out in fen, times in milliseconds. */
export function orderMessageSchema(zone: string) {
  return z.object({
    trans_id: textField(1, 64),
    status: statusField(),
    e_id: textField(0, 128),
    dev_id: integerField(),
    create_time: timeField(zone),
    update_time: timeField(zone),
    products: z
      .array(orderLine, { error: (issue) => (issue.input === undefined ? '必填' : '必须是商品行的列表') })
      .min(1, '至少要有一行商品')
      .max(200, '最多 200 行商品')
      .refine(isWithinLimit, '合计金额超过一万亿'),
  })
}

export type OrderMessage = z.output<ReturnType<typeof orderMessageSchema>>

/** The order as `orderMessageSchema`, but kept when no entry carries a barcode (contract.md, 3.8). */
export function downloadedOrderSchema(zone: string) {
  return orderMessageSchema(zone).extend({
    products: z.array(orderLine).max(200, '最多 200 行商品').refine(isWithinLimit, '合计金额超过一万亿'),
  })
}

/** trade_view's filter (contract.md, 3.9), and what the pages ask for beyond it. */
function orderFilterFields(zone: string) {
  return {
    dev_id: integerField().optional(),
    start_date: timeField(zone).optional(),
    end_date: endTimeField(zone).optional(),
    status: statusField().optional(),
    is_imported: flagField().optional(),
    trans_id: textField(1, 64).optional(),
    import_state: choiceField(IMPORT_STATES).optional(),
    /** Part of the trans_id, or of the name of who brought the order here or imported it. */
    q: textField(1, 64).optional(),
    /** Part of the name that the cabinet is configured with. */
    device_name: textField(1, 64).optional(),
    /** Whether the cabinet has no configuration. */
    unconfigured: flagField().optional(),
    /** Whether C8 has a document although the money goes, or went, back. */
    refunded_after_import: flagField().optional(),
    /** Orders with a line of this product. */
    barcode: textField(1, 128).optional(),
  }
}

const ordered = (range: { start_date?: number; end_date?: number }) =>
  range.start_date === undefined || range.end_date === undefined || range.start_date <= range.end_date
const orderedError = { path: ['start_date'], error: '不能晚于 end_date' }

/** A filter alone, as a batch takes it. */
export function orderFilterSchema(zone: string) {
  return z.object(orderFilterFields(zone), { error: '必须是筛选条件（对象）' }).refine(ordered, orderedError)
}

export type OrderFilter = z.output<ReturnType<typeof orderFilterSchema>>

/** The forms in which orders can be taken away. */
const EXPORT_FORMATS = ['csv', 'xlsx'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** The export's query: trade_view's filter and the form, which is a workbook where none is named. */
export function orderExportSchema(zone: string) {
  return z
    .object({
      ...orderFilterFields(zone),
      format: choiceField(EXPORT_FORMATS)
        .optional()
        .transform((format) => format ?? 'xlsx'),
    })
    .refine(ordered, orderedError)
}

/** How trade_view may be sorted; ties by id in the same direction. */
const ORDER_SORTS = ['-create_time', 'create_time', '-total_amount', 'total_amount'] as const
export type OrderSort = (typeof ORDER_SORTS)[number]

/** No index is sorted by amount (each costs every message of goBox), so that a page far down would be found by sorting everything above it. */
const MAX_START_BY_AMOUNT = 10_000

/** trade_view's query: the filter and a page of it. */
export function orderQuerySchema(zone: string) {
  return z
    .object({
      ...orderFilterFields(zone),
      ...pagingFields,
      sort: choiceField(ORDER_SORTS)
        .optional()
        .transform((sort) => sort ?? '-create_time'),
    })
    .refine(ordered, orderedError)
    .refine(({ sort, start }) => !sort.endsWith('total_amount') || start <= MAX_START_BY_AMOUNT, {
      path: ['start'],
      error: `按金额排序时最多到 ${MAX_START_BY_AMOUNT}，请先缩小范围`,
    })
}

export type OrderQuery = z.output<ReturnType<typeof orderQuerySchema>>

/** get_orders' query (contract.md, 3.8); the service checks the seven days. */
export function downloadQuerySchema(zone: string) {
  return z
    .object({
      start_date: timeField(zone).optional(),
      end_date: endTimeField(zone).optional(),
      dev_id: integerField().optional(),
      trans_id: textField(1, 64).optional(),
      status: statusField().optional(),
      page: integerField(1)
        .optional()
        .transform((page) => page ?? 1),
    })
    .refine(ordered, orderedError)
}

export type DownloadQuery = z.output<ReturnType<typeof downloadQuerySchema>>

/** An order as every route shows it: amounts in yuan, times as text in the shop's zone. */
export interface Order {
  id: number
  set_of_book: string
  trans_id: string
  status: OrderStatus
  e_id: string
  dev_id: number
  create_time: string
  update_time: string
  total_amount: number
  products: { barcode: string; name: string; num: number; amount: number; cost: number | null }[]
  created_at: string
  created_user: string
  is_imported: boolean
  imported_at: string | null
  imported_user: string | null
  /** As C8 sent it; an integer beyond 2^53 keeps its digits on the wire. */
  retail_id: number | string | object | null
  retail_code: string | null
  import_state: ImportState
  /** Why the last import did not finish, in Chinese. */
  import_error: string | null
  /** Whether C8 got a create that it has not answered: only look-ups are made for a while. */
  awaits_c8: boolean
}

/** A row of trade_view; `device_name` is null when the cabinet is not configured. */
export interface OrderRow extends Order {
  device_name: string | null
}

/** trade_view's answer: a page, and how many orders match the filter with how many yuan. */
export interface OrderPage {
  total: number
  amount: number
  root: OrderRow[]
}

/** One order as its own page shows it, with the configuration of its cabinet. */
export interface OrderDetail extends Order {
  device: Device | null
  history: OrderHistoryEntry[]
}
