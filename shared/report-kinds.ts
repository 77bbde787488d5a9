/** By what the rows of a report are told apart. */
export const REPORT_KINDS = ['day', 'week', 'month', 'hour', 'cabinet', 'product'] as const
export type ReportKind = (typeof REPORT_KINDS)[number]

/** The longest range of each, in days: hours are counted from the orders, days are rows. */
export const REPORT_DAYS: Record<ReportKind, number> = {
  day: 366,
  week: 3660,
  month: 3660,
  hour: 92,
  cabinet: 3660,
  product: 3660,
}
