import type { ExportFormat, OrderFilter } from '#shared/orders'
import { formatTime } from '#shared/time'
import { readOrders } from '../repositories/order-export.ts'
import { findWindows, type Window } from '../repositories/order-totals.ts'
import type { Download } from '../utils/download.ts'
import { toCsv } from './csv.ts'
import { toXlsx } from './xlsx.ts'

const FORMATS = {
  csv: { type: 'text/csv; charset=utf-8', write: toCsv },
  xlsx: { type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', write: toXlsx },
}

/** The days that the file is about: those asked for, else those that hold its orders. */
function rangeOf({ start_date: start, end_date: end }: OrderFilter, newestFirst: Window[], zone: string): string {
  const dates = [start ?? newestFirst.at(-1)?.from, end ?? newestFirst[0]?.to]
  return dates
    .filter((time) => time !== undefined)
    .map((time) => formatTime(time, zone).slice(0, 10))
    .join('_')
}

/** The orders that match as a file, which is written while they are read: it takes the same memory however many they are. */
export async function exportOrders(
  setOfBookId: number,
  { format, ...filter }: OrderFilter & { format: ExportFormat },
  zone: string,
): Promise<Download> {
  const windows = await findWindows(setOfBookId, filter)
  const range = rangeOf(filter, windows, zone)
  const { type, write } = FORMATS[format]
  return {
    type,
    name: ['订单', range].filter(Boolean).join('_') + `.${format}`,
    plainName: ['orders', range].filter(Boolean).join('_') + `.${format}`,
    content: write(readOrders(setOfBookId, filter, windows), zone),
  }
}
