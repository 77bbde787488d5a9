import type { ExportRecord } from '../repositories/order-export.ts'
import { isSummed, writeRows, type OrderColumns } from './order-columns.ts'
import { OrderSums } from './order-sums.ts'
import { tableBegin, tableEnd, totalRow, writerFor } from './sheet.ts'
import { frameOf } from './workbook.ts'
import { toZip, type ZipFile } from './zip.ts'

/** What a sheet holds with its header and the sums. */
const MAX_ROWS = 1_048_576

export interface WorkbookOptions {
  columns: OrderColumns
  zone: string
  /** What was filtered, in words. */
  filter: [word: string, value: string][]
  maxRows?: number
}

/** The rows of the orders, in pieces of one slice each. */
async function* rowsOf(
  slices: AsyncIterable<ExportRecord[]>,
  { columns, zone }: WorkbookOptions,
  sums: OrderSums,
): AsyncGenerator<string[]> {
  const writer = writerFor(zone)
  for await (const orders of slices) {
    yield orders.flatMap((order) => {
      sums.add(order)
      return writeRows(order, columns, writer).map((row) => `<row>${row}</row>`)
    })
  }
}

/** The sheets, of which a next one begins where one is full; the last ends with the sums. */
async function* sheetsOf(
  pieces: AsyncIterator<string[]>,
  { columns: { all }, maxRows = MAX_ROWS }: WorkbookOptions,
  sums: OrderSums,
): AsyncGenerator<ZipFile> {
  let next = await pieces.next()
  let waiting: string[] = next.done ? [] : next.value
  function under(rows: number, isOnly: boolean) {
    if (rows === 0 || !next.done) return ''
    const { columns } = sums
    return totalRow(
      all,
      all.map((column) => (isSummed(column) ? columns[column.name]! : null)),
      isOnly ? rows : undefined,
    )
  }
  for (let number = 1; number === 1 || !next.done; number += 1) {
    yield {
      name: `xl/worksheets/sheet${number}.xml`,
      content: (async function* () {
        yield tableBegin(all)
        let written = 0
        for (let room = maxRows - 2; written < room && !next.done;) {
          const rows = waiting.splice(0, room - written)
          written += rows.length
          yield rows.join('')
          while (waiting.length === 0 && !next.done) {
            next = await pieces.next()
            if (!next.done) waiting = next.value
          }
        }
        yield tableEnd(all, written, under(written, number === 1))
      })(),
    }
  }
}

async function* filesOf(slices: AsyncIterable<ExportRecord[]>, options: WorkbookOptions): AsyncGenerator<ZipFile> {
  const names: string[] = []
  const sums = new OrderSums()
  for await (const sheet of sheetsOf(rowsOf(slices, options, sums), options, sums)) {
    names.push(`订单${names.length > 0 ? names.length + 1 : ''}`)
    yield sheet
  }
  names.push('合计')
  yield { name: `xl/worksheets/sheet${names.length}.xml`, content: sums.sheet(options.filter, options.zone) }
  yield* frameOf(names)
}

/** The orders as an Excel workbook, written while they are read, and their sums on a sheet of its own. */
export function toXlsx(slices: AsyncIterable<ExportRecord[]>, options: WorkbookOptions): AsyncIterable<Buffer> {
  return toZip(filesOf(slices, options))
}
