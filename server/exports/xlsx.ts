import { yuanText } from '#shared/money'
import { DAY, zoneOffset } from '#shared/time'
import { ORDER_STATUS, PAID, PAID_BACK } from '#shared/order-status'
import type { ExportRecord } from '../repositories/order-export.ts'
import type { Totals } from '../repositories/order-totals.ts'
import { COLUMNS, writeCells, writeRows, type CellWriter, type Column, type Kind } from './order-columns.ts'
import { toZip, type ZipFile } from './zip.ts'

export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** What a sheet holds with its header. */
const MAX_ROWS = 1_048_576

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const CONTENT = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** The formats in STYLES: of the header, of money, of times. */
const STYLE = { header: 1, money: 2, time: 3 }
const STYLES =
  `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>` +
  '<fonts count="2"><font/><font><b/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
  '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" xfId="0"/><xf numFmtId="0" fontId="1" xfId="0" applyFont="1"/>' +
  '<xf numFmtId="4" xfId="0" applyNumberFormat="1"/><xf numFmtId="164" xfId="0" applyNumberFormat="1"/></cellXfs>' +
  '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
const WIDTHS: Record<Kind, number> = { text: 18, number: 8, money: 12, time: 20 }

/** The days that Excel counts from the end of 1899 to the epoch. */
const EPOCH_DAY = 25_569

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Characters that a cell holds, and what stands at the end of a text that was cut. */
const MAX_TEXT = 32_767
const CUT = '…'

/** The text as a cell can hold it: well-formed, and cut with a mark where it is too long. */
function cellText(text: string): string {
  const whole = text.toWellFormed()
  return whole.length <= MAX_TEXT ? whole : whole.slice(0, MAX_TEXT - 1).replace(/[\uD800-\uDBFF]$/, '') + CUT
}

/** Text inside an element, without the characters that XML cannot carry. */
function xmlText(text: string): string {
  const held = cellText(text)
  if (!/[&<>_\p{Cc}\uFFFE\uFFFF]/u.test(held)) return held
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  const plain = held.replace(/[\u0000-\u0008\v\f\u000E-\u001F\uFFFE\uFFFF]/g, '')
  // Spreadsheets read _x000D_ as the character of that number, unless the underscore itself is written so.
  const literal = plain.replace(/_(?=x[0-9A-F]{4}_)/gi, '_x005F_')
  return literal.replace(/[&<>]/g, (sign) => ENTITIES[sign]!)
}

/** Text is typed as such, so that no spreadsheet takes it for a number or a formula. */
function textCell(text: string, style = 0): string {
  return `<c t="inlineStr"${style ? ` s="${style}"` : ''}><is><t xml:space="preserve">${xmlText(text)}</t></is></c>`
}

export function writerFor(zone: string): CellWriter {
  return {
    cell: {
      text: (text: string) => textCell(text),
      number: (number: number) => `<c><v>${number}</v></c>`,
      money: (fen: number) => `<c s="${STYLE.money}"><v>${yuanText(fen)}</v></c>`,
      time: (time: number) =>
        `<c s="${STYLE.time}"><v>${(Math.floor((time + zoneOffset(time, zone)) / 1000) * 1000) / DAY + EPOCH_DAY}</v></c>`,
    },
    empty: '<c/>',
    separator: '',
  }
}

/** How a sheet begins: its columns, and their titles, which stay in sight. */
export const sheetBegin = (columns: { title: string; kind: Kind }[]) =>
  `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
  `<cols>${columns.map(({ kind }, index) => `<col min="${index + 1}" max="${index + 1}" width="${WIDTHS[kind]}" customWidth="1"/>`).join('')}</cols><sheetData><row>${columns.map(({ title }) => textCell(title, STYLE.header)).join('')}</row>`
const SHEET_BEGIN = sheetBegin(COLUMNS)
export const SHEET_END = '</sheetData></worksheet>'

/** A table as a sheet. */
export function* sheetOf<Row>(columns: Column<Row>[], rows: Row[], zone: string): Generator<string> {
  const writer = writerFor(zone)
  yield sheetBegin(columns)
  for (const row of rows) yield `<row>${writeCells(columns, row, writer)}</row>`
  yield SHEET_END
}

/** The rows of the orders, in pieces of one slice each. */
async function* rowsOf(slices: AsyncIterable<ExportRecord[]>, zone: string): AsyncGenerator<string[]> {
  const writer = writerFor(zone)
  for await (const orders of slices) {
    yield orders.flatMap((order) => writeRows(order, writer).map((row) => `<row>${row}</row>`))
  }
}

/** The sheets, of which a next one begins where one is full. */
async function* sheetsOf(pieces: AsyncIterator<string[]>, maxRows: number): AsyncGenerator<ZipFile> {
  let next = await pieces.next()
  let waiting: string[] = next.done ? [] : next.value
  for (let number = 1; number === 1 || !next.done; number += 1) {
    yield {
      name: `xl/worksheets/sheet${number}.xml`,
      content: (async function* () {
        yield SHEET_BEGIN
        for (let room = maxRows - 1; room > 0 && !next.done;) {
          const rows = waiting.splice(0, room)
          room -= rows.length
          yield rows.join('')
          while (waiting.length === 0 && !next.done) {
            next = await pieces.next()
            if (!next.done) waiting = next.value
          }
        }
        yield SHEET_END
      })(),
    }
  }
}

/** What a workbook is beside its sheets, which have these names. */
export function* frameOf(names: string[]): Generator<ZipFile> {
  const numbers = names.map((_, index) => index + 1)
  const file = (name: string, content: string): ZipFile => ({ name, content: [XML, content] })
  const relation = (id: number, type: string, target: string) =>
    `<Relationship Id="rId${id}" Type="${OFFICE}/${type}" Target="${target}"/>`
  yield file(
    'xl/workbook.xml',
    `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${numbers
      .map((number) => `<sheet name="${names[number - 1]!}" sheetId="${number}" r:id="rId${number}"/>`)
      .join('')}</sheets></workbook>`,
  )
  yield file(
    'xl/_rels/workbook.xml.rels',
    `<Relationships xmlns="${RELATIONS}">${numbers
      .map((number) => relation(number, 'worksheet', `worksheets/sheet${number}.xml`))
      .join('')}${relation(names.length + 1, 'styles', 'styles.xml')}</Relationships>`,
  )
  yield { name: 'xl/styles.xml', content: [STYLES] }
  yield file(
    '_rels/.rels',
    `<Relationships xmlns="${RELATIONS}">${relation(1, 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
  )
  yield file(
    '[Content_Types].xml',
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">' +
      '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
      `<Default Extension="xml" ContentType="${CONTENT}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${CONTENT}.styles+xml"/>` +
      `${numbers.map((number) => `<Override PartName="/xl/worksheets/sheet${number}.xml" ContentType="${CONTENT}.worksheet+xml"/>`).join('')}</Types>`,
  )
}

const SUMS = [
  { title: '交易状态', kind: 'text' },
  { title: '订单数', kind: 'number' },
  { title: '订单总金额（元）', kind: 'money' },
] as const

/** The sums apart: only what was paid and not taken back is turnover. */
function sumsSheet(number: number, totals: Totals, zone: string): ZipFile {
  const { orders, amount, paidOrders, paidAmount, refundedOrders, refundedAmount } = totals
  const { cell } = writerFor(zone)
  const rows = [
    [ORDER_STATUS[PAID], paidOrders, paidAmount],
    [ORDER_STATUS[PAID_BACK], refundedOrders, refundedAmount],
    ['其他状态', orders - paidOrders - refundedOrders, amount - paidAmount - refundedAmount],
  ] as const
  return {
    name: `xl/worksheets/sheet${number}.xml`,
    content: [
      sheetBegin([...SUMS]),
      ...rows.map(
        ([name, count, fen]) =>
          `<row>${cell.text(name as never)}${cell.number(count as never)}${cell.money(fen as never)}</row>`,
      ),
      SHEET_END,
    ],
  }
}

async function* filesOf(
  slices: AsyncIterable<ExportRecord[]>,
  zone: string,
  maxRows: number,
  totals?: Totals,
): AsyncGenerator<ZipFile> {
  const names: string[] = []
  for await (const sheet of sheetsOf(rowsOf(slices, zone), maxRows)) {
    names.push(`订单${names.length > 0 ? names.length + 1 : ''}`)
    yield sheet
  }
  if (totals) {
    names.push('合计')
    yield sumsSheet(names.length, totals, zone)
  }
  yield* frameOf(names)
}

/** The orders as an Excel workbook, written while they are read, and their sums on a sheet of its own. */
export function toXlsx(
  slices: AsyncIterable<ExportRecord[]>,
  zone: string,
  { maxRows = MAX_ROWS, totals }: { maxRows?: number; totals?: Totals } = {},
): AsyncIterable<Buffer> {
  return toZip(filesOf(slices, zone, maxRows, totals))
}
