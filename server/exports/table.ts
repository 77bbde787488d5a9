import type { ExportFormat } from '#shared/orders'
import type { Download } from '../http/define-download.ts'
import { type Column, writeCells } from './columns.ts'
import { CSV_TYPE, tableToCsv } from './csv.ts'
import { tableBegin, tableEnd, writerFor } from './sheet.ts'
import { frameOf, XLSX_TYPE } from './workbook.ts'
import { toZip, type ZipFile } from './zip.ts'

/** A table that is held in memory. */
export interface Table<Row> {
  columns: Column<Row>[]
  rows: Row[]
}

async function* streamed<Piece>(pieces: Iterable<Piece>): AsyncGenerator<Piece> {
  yield* pieces
}

/** Tables as the sheets of a workbook, by their names. */
export function toWorkbook(sheets: [name: string, content: ZipFile['content']][]): Download['content'] {
  function* files(): Generator<ZipFile> {
    for (const [index, [, content]] of sheets.entries()) yield { name: `xl/worksheets/sheet${index + 1}.xml`, content }
    yield* frameOf(sheets.map(([name]) => name))
  }
  return toZip(streamed(files()))
}

/** A table whose rows come in slices as a sheet. */
export async function* sheetOfSlices<Row>(
  columns: Column<Row>[],
  slices: AsyncIterable<Row[]>,
  zone: string,
): AsyncGenerator<string> {
  const writer = writerFor(zone)
  yield tableBegin(columns)
  let written = 0
  for await (const rows of slices) {
    written += rows.length
    yield rows.map((row) => `<row>${writeCells(columns, row, writer)}</row>`).join('')
  }
  yield tableEnd(columns, written)
}

/** A table as a CSV file. */
export const toCsvFile = <Row>({ columns, rows }: Table<Row>, zone: string): Download['content'] =>
  tableToCsv(columns, streamed([rows]), zone)

interface FileNames {
  /** Without the ending, as the plain one. */
  name: string
  plainName: string
  sheet: string
}

/** A table whose rows come in slices as a file of either form. */
export function exportSlices<Row>(
  { name, plainName, sheet }: FileNames,
  { columns, slices }: { columns: Column<Row>[]; slices: AsyncIterable<Row[]> },
  format: ExportFormat,
  zone: string,
): Download {
  return {
    type: format === 'xlsx' ? XLSX_TYPE : CSV_TYPE,
    name: `${name}.${format}`,
    plainName: `${plainName}.${format}`,
    content:
      format === 'xlsx'
        ? toWorkbook([[sheet, sheetOfSlices(columns, slices, zone)]])
        : tableToCsv(columns, slices, zone),
  }
}

/** A table as a file of either form. */
export const exportTable = <Row>(
  names: FileNames,
  { columns, rows }: Table<Row>,
  format: ExportFormat,
  zone: string,
): Download => exportSlices(names, { columns, slices: streamed([rows]) }, format, zone)
