import type { ExportColumn } from '#shared/export-columns'
import type { ExportFormat, OrderFilter } from '#shared/orders'
import { formatTime } from '#shared/time'
import { readOrders } from '../repositories/order-export.ts'
import { findWindows, type Window } from '../repositories/order-totals.ts'
import type { Download } from '../http/define-download.ts'
import { CSV_TYPE, toCsv } from './csv.ts'
import { wordsOf } from './filter-words.ts'
import { chooseColumns } from './order-columns.ts'
import { XLSX_TYPE } from './workbook.ts'
import { toXlsx } from './xlsx.ts'

const TYPES: Record<ExportFormat, string> = {
  csv: CSV_TYPE,
  xlsx: XLSX_TYPE,
}

/** The days that the file is about: those asked for, else those that hold its orders. */
function rangeOf({ start_date: start, end_date: end }: OrderFilter, newestFirst: Window[], zone: string): string {
  const dates = [start ?? newestFirst.at(-1)?.from, end ?? newestFirst[0]?.to]
  return dates
    .filter((time) => time !== undefined)
    .map((time) => formatTime(time, zone).slice(0, 10))
    .join('_')
}

/**
 * The orders that match as a file, which is written while they are read: it takes the same memory however many they
 * are.
 */
export async function exportOrders(
  setOfBookId: number,
  { format, columns: names, ...filter }: OrderFilter & { format: ExportFormat; columns?: ExportColumn[] },
  zone: string,
  client?: AbortSignal,
): Promise<Download> {
  const windows = await findWindows(setOfBookId, filter, { client })
  const range = rangeOf(filter, windows, zone)
  const orders = readOrders(setOfBookId, filter, windows, client)
  const columns = chooseColumns(names)
  return {
    type: TYPES[format],
    name: ['订单', range].filter(Boolean).join('_') + `.${format}`,
    plainName: ['orders', range].filter(Boolean).join('_') + `.${format}`,
    content:
      format === 'xlsx'
        ? toXlsx(orders, { columns, zone, filter: wordsOf(filter, zone) })
        : toCsv(orders, columns, zone),
  }
}
