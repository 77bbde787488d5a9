import { z } from 'zod'
import { choiceField } from './fields.ts'
import type { OrderStatus } from './order-status.ts'

/** The overview's periods, in days with today. */
export const SUMMARY_DAYS = ['1', '7', '30'] as const

/** The overview's query: what the details are about; the periods are always all there. */
export const summaryQuerySchema = z.object({
  days: choiceField(SUMMARY_DAYS)
    .optional()
    .transform((days) => Number(days ?? 7)),
})

/** trade_view's filter that finds exactly the orders of a figure. */
export interface FigureFilter {
  start_date?: string
  end_date?: string
  status?: OrderStatus
  dev_id?: number
  import_state?: 'idle' | 'failed'
  unconfigured?: 0 | 1
  refunded_after_import?: 1
  barcode?: string
}

/** How many orders, their sum in yuan, and the filter that finds them. */
export interface Figure {
  orders: number
  amount: number
  filter: FigureFilter
}

/** One of the last days, or several together. */
export interface SalesFigures {
  /** Every order, whatever became of it. */
  all: Figure
  /** Orders paid and not taken back (支付成功). */
  sales: Figure
  /** Orders paid back (退款成功). */
  refunds: Figure
}

export interface SummaryPeriod extends SalesFigures {
  days: number
  /** Yuan, of the lines of `sales` whose cost is known: what they cost, and their amount less that. */
  cost: number
  margin: number
  /** Yuan, of the lines of `sales` whose cost goBox did not tell; they are in no margin. */
  amount_without_cost: number
}

/** A product's sales; `amount`, `cost` and `amount_without_cost` are of its lines alone, in yuan. */
export interface BestSeller {
  barcode: string
  name: string
  quantity: number
  amount: number
  cost: number
  amount_without_cost: number
  filter: FigureFilter
}

/** What `GET /api/summary` answers. */
export interface Summary {
  periods: SummaryPeriod[]
  /** The period that the details below are about. */
  days: number
  by_day: (SalesFigures & { date: string })[]
  /** Sales, the largest first; `name` is null when the cabinet is not configured. */
  by_cabinet: (Figure & { dev_id: number; name: string | null })[]
  best_sellers: BestSeller[]
  /** What waits for somebody, of all time. */
  waiting: {
    /** Paid, never tried, and the cabinet is configured. */
    importable: Figure
    failed: Figure
    refunded_after_import: Figure
    unconfigured: Figure & { cabinets: number }
  }
  last_webhook_at: string | null
  last_download_at: string | null
}
