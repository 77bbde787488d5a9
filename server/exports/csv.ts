import { yuanWithFen } from '#shared/money'
import { formatTime } from '#shared/time'
import type { ExportRecord } from '../repositories/order-export.ts'
import { writeCells, type CellWriter, type Column } from './columns.ts'
import { writeRows, type OrderColumns } from './order-columns.ts'

/** Excel takes a file for UTF-8 only with it. */
const BOM = '\uFEFF'
/** What neither needs quotes nor begins like a formula: a word that begins with a letter or a digit. */
const PLAIN = /^[\p{L}\p{N}][^\r\n",]*$/u
/**
 * What spreadsheets run: a formula's first sign, also as a full-width form, behind white space and characters that
 * nobody sees.
 */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|^[\t\r\n]/u

/** A text as a cell: quoted where need be, and with an apostrophe before what a spreadsheet would run. */
export function csvText(text: string): string {
  if (PLAIN.test(text)) return text
  const harmless = FORMULA.test(text) ? `'${text}` : text
  return /[\r\n",]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

export const CSV_TYPE = 'text/csv; charset=utf-8'

function writerFor(zone: string): CellWriter {
  return {
    cell: {
      text: csvText,
      id: csvText,
      number: String,
      money: yuanWithFen,
      time: (time: number) => formatTime(time, zone),
    },
    empty: '',
    separator: ',',
  }
}

const headerOf = (columns: { title: string }[]) => `${BOM}${columns.map(({ title }) => csvText(title)).join(',')}\r\n`

/** A table whose rows come in slices as a CSV file. */
export async function* tableToCsv<Row>(
  columns: Column<Row>[],
  slices: AsyncIterable<Row[]>,
  zone: string,
): AsyncGenerator<string> {
  const writer = writerFor(zone)
  yield headerOf(columns)
  for await (const rows of slices)
    yield rows.map((row) => `${writeCells(columns, row, writer).slice(0, -writer.separator.length)}\r\n`).join('')
}

/** The orders as a CSV file (RFC 4180), a piece for each slice of orders. */
export async function* toCsv(
  slices: AsyncIterable<ExportRecord[]>,
  columns: OrderColumns,
  zone: string,
): AsyncGenerator<string> {
  const writer = writerFor(zone)
  yield headerOf(columns.all)
  for await (const orders of slices) {
    let piece = ''
    for (const order of orders) {
      for (const row of writeRows(order, columns, writer)) piece += `${row}\r\n`
    }
    yield piece
  }
}
