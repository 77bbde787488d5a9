import { yuanText } from '#shared/money'
import { DAY, zoneOffset } from '#shared/time'
import { writeCells, type CellWriter, type Column, type Heading, type Kind } from './columns.ts'

export const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
export const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'

/** The formats in STYLES. */
const STYLE = { bold: 1, money: 2, time: 3, id: 4, boldMoney: 5 }
export const STYLES =
  `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>` +
  '<fonts count="2"><font/><font><b/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
  '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="6"><xf numFmtId="0" xfId="0"/><xf numFmtId="0" fontId="1" xfId="0" applyFont="1"/>' +
  '<xf numFmtId="4" xfId="0" applyNumberFormat="1"/><xf numFmtId="164" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" xfId="0" applyNumberFormat="1"/>' +
  '<xf numFmtId="4" fontId="1" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>' +
  '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
const WIDTHS: Record<Kind, number> = { text: 18, id: 24, number: 10, money: 16, time: 20 }

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

const EMPTY = '<c/>'

export function writerFor(zone: string): CellWriter {
  return {
    cell: {
      text: (text: string) => textCell(text),
      id: (text: string) => textCell(text, STYLE.id),
      number: (number: number) => `<c><v>${number}</v></c>`,
      money: (fen: number) => `<c s="${STYLE.money}"><v>${yuanText(fen)}</v></c>`,
      time: (time: number) =>
        `<c s="${STYLE.time}"><v>${(Math.floor((time + zoneOffset(time, zone)) / 1000) * 1000) / DAY + EPOCH_DAY}</v></c>`,
    },
    empty: EMPTY,
    separator: '',
  }
}

/** A row of titles. */
export const titleRow = (titles: string[]) =>
  `<row>${titles.map((title) => textCell(title, STYLE.bold)).join('')}</row>`

/** How a sheet begins that is no table. */
export const plainBegin = (widths: number[], pane = '') =>
  `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0">${pane}</sheetView></sheetViews>` +
  `<cols>${widths.map((width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`).join('')}</cols><sheetData>`
export const PLAIN_END = '</sheetData></worksheet>'

/** How a table begins: its columns, and their titles, which stay in sight. */
export const tableBegin = (columns: Heading[]) =>
  plainBegin(
    columns.map(({ kind, width }) => width ?? WIDTHS[kind]),
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>',
  ) + titleRow(columns.map(({ title }) => title))

const letterOf = (index: number): string =>
  (index < 26 ? '' : letterOf(Math.floor(index / 26) - 1)) + String.fromCharCode(65 + (index % 26))

/** How a table of so many rows ends: each column can be filtered by; what stands under the rows is left alone. */
export const tableEnd = (columns: Heading[], rows: number, under = '') =>
  `${under}</sheetData><autoFilter ref="A1:${letterOf(columns.length - 1)}${rows + 1}"/></worksheet>`

/**
 * The sums under a table of `rows` rows: they follow its filter. Without `rows` the table lies on several sheets, and
 * the sums are of all.
 */
export function totalRow(columns: Heading[], sums: (number | null)[], rows?: number): string {
  const cells = columns.map(({ kind }, index) => {
    const sum = sums[index] ?? null
    if (sum === null)
      return index === 0 ? textCell(rows === undefined ? '合计（所有工作表）' : '合计', STYLE.bold) : EMPTY
    const letter = letterOf(index)
    const formula = rows === undefined ? '' : `<f>SUBTOTAL(109,${letter}2:${letter}${rows + 1})</f>`
    const isMoney = kind === 'money'
    return `<c s="${isMoney ? STYLE.boldMoney : STYLE.bold}">${formula}<v>${isMoney ? yuanText(sum) : sum}</v></c>`
  })
  return `<row>${cells.join('')}</row>`
}

/** A table as a sheet. */
export function* sheetOf<Row>(columns: Column<Row>[], rows: Row[], zone: string): Generator<string> {
  const writer = writerFor(zone)
  yield tableBegin(columns)
  for (const row of rows) yield `<row>${writeCells(columns, row, writer)}</row>`
  yield tableEnd(columns, rows.length)
}
