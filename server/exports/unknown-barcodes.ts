import { dateOfTime } from '#shared/dates'
import { barcodeUnknownToC8 } from '#shared/error-codes'
import type { ExportFormat } from '#shared/orders'
import type { NamedGroup } from '../services/import-failures.ts'
import type { Download } from '../http/define-download.ts'
import { exportTable } from './table.ts'
import type { Column } from './columns.ts'

const COLUMNS: Column<NamedGroup>[] = [
  { title: '条码', kind: 'id', value: barcodeUnknownToC8 },
  { title: '商品', kind: 'text', value: ({ product }) => product },
  { title: 'goBox 条码', kind: 'id', value: ({ alias }) => alias?.barcode ?? null },
  { title: '在等的订单数', kind: 'number', value: ({ orders }) => orders },
  { title: '在等的金额（元）', kind: 'money', value: ({ amount }) => amount },
  { title: '最早的下单时间', kind: 'time', value: ({ since }) => since },
]

/** The barcodes that C8 does not know as a file for whoever keeps C8. */
export function exportUnknownBarcodes(rows: NamedGroup[], format: ExportFormat, zone: string): Download {
  const today = dateOfTime(Date.now(), zone)
  return exportTable(
    { name: `C8里没有的条码_${today}`, plainName: `unknown_barcodes_${today}`, sheet: '条码' },
    { columns: COLUMNS, rows },
    format,
    zone,
  )
}
