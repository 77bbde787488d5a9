import { c8IdDigits } from '#shared/c8-id'
import { EXPORT_COLUMNS, type ExportColumn } from '#shared/export-columns'
import { IMPORT_STATE_NAMES } from '#shared/import-state'
import { ORDER_STATUS } from '#shared/order-status'
import type { OrderLine } from '#shared/orders'
import type { ExportRecord } from '../repositories/order-export.ts'
import { writeCells, type CellWriter, type Column, type Heading } from './columns.ts'

/*
 * One row an order line, since that is what an accountant books and counts. What belongs to the whole order stands in
 * each of its rows, so that rows can be filtered and sorted, but for its sum, which stands in the first alone: every
 * column of money adds up. An order without lines has one row, and each has one where no column of lines is wanted.
 */

interface NamedColumn<Source> extends Column<Source> {
  name: ExportColumn
}

const BEFORE: NamedColumn<ExportRecord>[] = [
  { name: 'trans_id', title: '交易编号', kind: 'id', width: 34, value: (order) => order.transId },
  { name: 'create_time', title: '订单创建时间', kind: 'time', value: (order) => order.createTime },
  { name: 'status', title: '交易状态', kind: 'text', width: 12, value: (order) => ORDER_STATUS[order.status] },
  { name: 'dev_id', title: '设备id', kind: 'id', width: 14, value: (order) => String(order.devId) },
  { name: 'device_name', title: '货柜名称', kind: 'text', value: (order) => order.deviceName },
]

const LINE: NamedColumn<OrderLine>[] = [
  { name: 'barcode', title: '条码', kind: 'id', width: 18, value: (line) => line.barcode },
  { name: 'product', title: '商品', kind: 'text', width: 28, value: (line) => line.name },
  { name: 'num', title: '商品数量', kind: 'number', value: (line) => line.num },
  { name: 'amount', title: '交易金额（元）', kind: 'money', value: (line) => line.amount },
  { name: 'cost', title: '商品成本（元）', kind: 'money', value: (line) => line.cost ?? null },
]

const TOTAL: NamedColumn<ExportRecord>[] = [
  { name: 'total_amount', title: '订单总金额（元）', kind: 'money', value: (order) => order.totalAmount },
]

const AFTER: NamedColumn<ExportRecord>[] = [
  { name: 'update_time', title: '订单状态最终更新时间', kind: 'time', value: (order) => order.updateTime },
  { name: 'e_id', title: '用户id', kind: 'id', width: 34, value: (order) => order.eId },
  { name: 'created_at', title: '下载时间', kind: 'time', value: (order) => order.createdAt },
  { name: 'created_user', title: '下载用户', kind: 'text', value: (order) => order.createdUser },
  {
    name: 'import_state',
    title: '导入状态',
    kind: 'text',
    width: 12,
    value: (order) => IMPORT_STATE_NAMES[order.importState],
  },
  {
    name: 'retail_id',
    title: '零售单id',
    kind: 'id',
    width: 14,
    value: ({ retailId }) => (retailId === null ? null : c8IdDigits(retailId)),
  },
  { name: 'retail_code', title: '零售单单号', kind: 'id', value: (order) => order.retailCode },
  { name: 'imported_at', title: '导入时间', kind: 'time', value: (order) => order.importedAt },
  { name: 'imported_user', title: '导入用户', kind: 'text', value: (order) => order.importedUser },
  { name: 'import_error', title: '未导入原因', kind: 'text', width: 40, value: (order) => order.importError },
]

/** Columns by their places in a row. */
export interface OrderColumns {
  before: Column<ExportRecord>[]
  line: Column<OrderLine>[]
  total: Column<ExportRecord>[]
  after: Column<ExportRecord>[]
  /** All of them as they stand. */
  all: (Heading & { name: ExportColumn })[]
}

/** The columns of these names, in the order in which they always stand. */
export function chooseColumns(names: readonly ExportColumn[] = EXPORT_COLUMNS): OrderColumns {
  const chosen = <Source>(columns: NamedColumn<Source>[]) => columns.filter(({ name }) => names.includes(name))
  const parts = { before: chosen(BEFORE), line: chosen(LINE), total: chosen(TOTAL), after: chosen(AFTER) }
  return { ...parts, all: [...parts.before, ...parts.line, ...parts.total, ...parts.after] }
}

const SUMMED: ExportColumn[] = ['num', 'amount', 'cost', 'total_amount']

/** Whether adding the column up says something. */
export const isSummed = ({ name }: { name: ExportColumn }) => SUMMED.includes(name)

/** The rows of an order, without the separator after the last cell; what is the same in all of them is written once. */
export function writeRows(order: ExportRecord, columns: OrderColumns, writer: CellWriter): string[] {
  const { line: ofLine } = columns
  const { empty, separator } = writer
  const before = writeCells(columns.before, order, writer)
  const after = writeCells(columns.after, order, writer)
  const total = writeCells(columns.total, order, writer)
  const nothing = (of: unknown[]) => (empty + separator).repeat(of.length)
  const end = separator ? -separator.length : undefined
  if (order.products.length === 0 || ofLine.length === 0)
    return [(before + nothing(ofLine) + total + after).slice(0, end)]
  const noTotal = nothing(columns.total)
  return order.products.map((line, index) =>
    (before + writeCells(ofLine, line, writer) + (index === 0 ? total : noTotal) + after).slice(0, end),
  )
}
