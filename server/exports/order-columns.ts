import { IMPORT_STATE_NAMES } from '#shared/import-state'
import { ORDER_STATUS } from '#shared/order-status'
import type { OrderLine } from '#shared/orders'
import type { ExportRecord } from '../repositories/order-export.ts'

/** What stands in a cell; times in milliseconds, money in fen. `null`: nothing. */
type Cell = string | number | null

/** A column of the export. Ids are text, whatever they look like. */
export interface Column<Source> {
  title: string
  kind: Kind
  value: (source: Source) => Cell
}
export type Kind = 'text' | 'number' | 'money' | 'time'

/*
 * One row an order line, since that is what an accountant books and counts. What belongs to the whole order stands in
 * each of its rows, so that rows can be filtered and sorted, but for its sum, which stands in the first alone: every
 * column of money adds up. An order without lines has one row.
 */

const BEFORE: Column<ExportRecord>[] = [
  { title: '订单号', kind: 'text', value: (order) => order.transId },
  { title: '下单时间', kind: 'time', value: (order) => order.createTime },
  { title: '订单状态', kind: 'text', value: (order) => ORDER_STATUS[order.status] },
  { title: '货柜编号', kind: 'text', value: (order) => String(order.devId) },
  { title: '货柜名称', kind: 'text', value: (order) => order.deviceName },
]

const LINE: Column<OrderLine>[] = [
  { title: '条码', kind: 'text', value: (line) => line.barcode },
  { title: '商品', kind: 'text', value: (line) => line.name },
  { title: '数量', kind: 'number', value: (line) => line.num },
  { title: '金额（元）', kind: 'money', value: (line) => line.amount },
  { title: '成本（元）', kind: 'money', value: (line) => line.cost ?? null },
]

const TOTAL: Column<ExportRecord> = { title: '订单合计（元）', kind: 'money', value: (order) => order.totalAmount }

const AFTER: Column<ExportRecord>[] = [
  { title: '状态时间', kind: 'time', value: (order) => order.updateTime },
  { title: '导入状态', kind: 'text', value: (order) => IMPORT_STATE_NAMES[order.importState] },
  { title: '零售单号', kind: 'text', value: (order) => order.retailCode },
  { title: '导入时间', kind: 'time', value: (order) => order.importedAt },
  { title: '导入人', kind: 'text', value: (order) => order.importedUser },
  { title: '未导入原因', kind: 'text', value: (order) => order.importError },
  { title: 'e_id', kind: 'text', value: (order) => order.eId },
]

/** All columns as they stand. */
export const COLUMNS: { title: string; kind: Kind }[] = [...BEFORE, ...LINE, TOTAL, ...AFTER]

/** How a file format writes a cell (`undefined`: an empty one) and what stands after it. */
export interface CellWriter {
  cell: Record<Kind, (value: never) => string>
  empty: string
  separator: string
}

/** A row's cells, each with the separator after it. */
export function writeCells<Source>(
  columns: Column<Source>[],
  source: Source,
  { cell, empty, separator }: CellWriter,
): string {
  let text = ''
  for (const { kind, value } of columns) {
    const content = value(source)
    text += (content === null ? empty : cell[kind](content as never)) + separator
  }
  return text
}

/** The rows of an order, without the separator after the last cell; what is the same in all of them is written once. */
export function writeRows(order: ExportRecord, writer: CellWriter): string[] {
  const { empty, separator } = writer
  const before = writeCells(BEFORE, order, writer)
  const after = writeCells(AFTER, order, writer).slice(0, separator ? -separator.length : undefined)
  const total = writeCells([TOTAL], order, writer)
  if (order.products.length === 0) return [before + LINE.map(() => empty + separator).join('') + total + after]
  return order.products.map(
    (line, index) => before + writeCells(LINE, line, writer) + (index === 0 ? total : empty + separator) + after,
  )
}
