import { yuanText } from '#shared/money'
import { DAY, zoneOffset } from '#shared/time'
import type { ExportRecord } from '../repositories/order-export.ts'
import { COLUMNS, writeRows, type CellWriter, type Kind } from './order-columns.ts'
import { toZip, type ZipFile } from './zip.ts'

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

/** Text inside an element, without the characters that XML cannot carry. */
function xmlText(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return /[&<>\u0000-\u001F\uFFFE\uFFFF]/.test(text)
    ? text.replace(/[&<>]/g, (sign) => ENTITIES[sign]!).replace(/[\u0000-\u0008\v\f\u000E-\u001F\uFFFE\uFFFF]/g, '')
    : text
}

/** Text is typed as such, so that no spreadsheet takes it for a number or a formula. */
function textCell(text: string, style = 0): string {
  return `<c t="inlineStr"${style ? ` s="${style}"` : ''}><is><t xml:space="preserve">${xmlText(text)}</t></is></c>`
}

function writerFor(zone: string): CellWriter {
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

const HEADER = `<row>${COLUMNS.map(({ title }) => textCell(title, STYLE.header)).join('')}</row>`
const SHEET_BEGIN =
  `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
  `<cols>${COLUMNS.map(({ kind }, index) => `<col min="${index + 1}" max="${index + 1}" width="${WIDTHS[kind]}" customWidth="1"/>`).join('')}</cols><sheetData>${HEADER}`
const SHEET_END = '</sheetData></worksheet>'

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

function* frameOf(sheets: string[]): Generator<ZipFile> {
  const numbers = sheets.map((_, index) => index + 1)
  const file = (name: string, content: string): ZipFile => ({ name, content: [XML, content] })
  const relation = (id: number, type: string, target: string) =>
    `<Relationship Id="rId${id}" Type="${OFFICE}/${type}" Target="${target}"/>`
  yield file(
    'xl/workbook.xml',
    `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${numbers
      .map((number) => `<sheet name="订单${number > 1 ? number : ''}" sheetId="${number}" r:id="rId${number}"/>`)
      .join('')}</sheets></workbook>`,
  )
  yield file(
    'xl/_rels/workbook.xml.rels',
    `<Relationships xmlns="${RELATIONS}">${numbers
      .map((number) => relation(number, 'worksheet', `worksheets/sheet${number}.xml`))
      .join('')}${relation(sheets.length + 1, 'styles', 'styles.xml')}</Relationships>`,
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
      `${sheets.map((name) => `<Override PartName="/${name}" ContentType="${CONTENT}.worksheet+xml"/>`).join('')}</Types>`,
  )
}

async function* filesOf(slices: AsyncIterable<ExportRecord[]>, zone: string, maxRows: number): AsyncGenerator<ZipFile> {
  const sheets: string[] = []
  for await (const sheet of sheetsOf(rowsOf(slices, zone), maxRows)) {
    sheets.push(sheet.name)
    yield sheet
  }
  yield* frameOf(sheets)
}

/** The orders as an Excel workbook, written while they are read. */
export function toXlsx(slices: AsyncIterable<ExportRecord[]>, zone: string, maxRows = MAX_ROWS): AsyncIterable<Buffer> {
  return toZip(filesOf(slices, zone, maxRows))
}
