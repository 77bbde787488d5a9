import type { ExportFormat } from '#shared/orders'
import type { Download } from '../http/define-download.ts'
import { CSV_TYPE, tableToCsv } from './csv.ts'
import type { Column } from './columns.ts'
import { sheetOf } from './sheet.ts'
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
export function toWorkbook(sheets: [name: string, content: Iterable<string>][]): Download['content'] {
  function* files(): Generator<ZipFile> {
    for (const [index, [, content]] of sheets.entries()) yield { name: `xl/worksheets/sheet${index + 1}.xml`, content }
    yield* frameOf(sheets.map(([name]) => name))
  }
  return toZip(streamed(files()))
}

/** A table as a CSV file. */
export const toCsvFile = <Row>({ columns, rows }: Table<Row>, zone: string): Download['content'] =>
  streamed(tableToCsv(columns, rows, zone))

/** A table as a file of either form; its names are without the ending. */
export function exportTable<Row>(
  { name, plainName, sheet }: { name: string; plainName: string; sheet: string },
  table: Table<Row>,
  format: ExportFormat,
  zone: string,
): Download {
  return {
    type: format === 'xlsx' ? XLSX_TYPE : CSV_TYPE,
    name: `${name}.${format}`,
    plainName: `${plainName}.${format}`,
    content:
      format === 'xlsx' ? toWorkbook([[sheet, sheetOf(table.columns, table.rows, zone)]]) : toCsvFile(table, zone),
  }
}
