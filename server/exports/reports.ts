import type { ReportKind } from '#shared/report-kinds'
import type { ExportFormat } from '#shared/orders'
import type { Report, ReportFigures, ReportRow, ReportStretch } from '#shared/reports'
import type { Download } from '../http/define-download.ts'
import { CSV_TYPE } from './csv.ts'
import type { Column } from './columns.ts'
import { sheetOf } from './sheet.ts'
import { toCsvFile, toWorkbook } from './table.ts'
import { XLSX_TYPE } from './workbook.ts'

const text = <Row>(title: string, value: (row: Row) => string | null): Column<Row> => ({ title, kind: 'text', value })
const id = <Row>(title: string, value: (row: Row) => string): Column<Row> => ({ title, kind: 'id', value })
const number = <Row>(title: string, value: (row: Row) => number | null): Column<Row> => ({
  title,
  kind: 'number',
  value,
})
const money = <Row>(title: string, yuan: (row: Row) => number | null | undefined): Column<Row> => ({
  title,
  kind: 'money',
  value: (row) => {
    const amount = yuan(row)
    return amount == null ? null : Math.round(amount * 100)
  },
})

const WEEKDAYS = ['周一', '周二', '周三', '周四', '周五', '周六', '周日']
const ofStretch = [text<ReportRow>('从', ({ key }) => key), text<ReportRow>('到', ({ to }) => to)]

const KEYS: Record<ReportKind, Column<ReportRow>[]> = {
  day: [text('日期', ({ key }) => key)],
  week: ofStretch,
  month: [text('月份', ({ key }) => key.slice(0, 7)), ...ofStretch],
  hour: [
    text('星期', ({ key }) => WEEKDAYS[Math.floor(Number(key) / 24)]!),
    number('小时', ({ key }) => Number(key) % 24),
  ],
  cabinet: [id('设备id', ({ key }) => key), text('货柜名称', ({ name }) => name)],
  product: [
    id('条码', ({ key }) => key),
    text('商品', ({ name }) => name),
    number('商品数量', ({ quantity }) => quantity),
  ],
}

const SALES: Column<ReportFigures>[] = [money('销售额（元）', ({ sales }) => sales.amount)]
const ORDERS: Column<ReportFigures>[] = [
  number('订单数', ({ sales }) => sales.orders),
  money('平均每单（元）', (row) => row.mean_order),
  number('退款订单数', ({ refunds }) => refunds?.orders ?? null),
  money('退款（元）', ({ refunds }) => refunds?.amount),
]
const MARGIN: Column<ReportFigures>[] = [
  money('毛利（元）', ({ margin }) => margin),
  number('毛利率（%）', (row) => row.margin_percent),
  money('没有成本的销售额（元）', (row) => row.amount_without_cost),
]
const COMPARED: Column<ReportRow>[] = [
  money('上期销售额（元）', ({ before }) => before?.amount),
  money('去年同期销售额（元）', (row) => row.year_before?.amount),
]

function columnsOf(by: ReportKind): Column<ReportRow>[] {
  return [
    ...KEYS[by],
    ...SALES,
    ...(by === 'product' ? [] : ORDERS),
    ...(by === 'hour' || by === 'cabinet' ? [] : MARGIN),
    ...COMPARED,
  ]
}

type Total = ReportStretch & { name: string }
const TOTALS: Column<Total>[] = [
  text('范围', ({ name }) => name),
  text('从', ({ from }) => from),
  text('到', ({ to }) => to),
  ...SALES,
  ...ORDERS,
  ...MARGIN,
]

function workbookOf({ by, rows, total, before, year_before: year }: Report, zone: string) {
  const totals = [
    { ...total, name: '本期' },
    { ...before, name: '上期' },
    { ...year, name: '去年同期' },
  ]
  return toWorkbook([
    ['报表', sheetOf(columnsOf(by), rows, zone)],
    ['合计', sheetOf(TOTALS, totals, zone)],
  ])
}

/** A report as a file; a workbook has the whole range and those it is compared with on a sheet of their own. */
export function exportReport(report: Report, format: ExportFormat, zone: string): Download {
  const range = `${report.total.from}_${report.total.to}.${format}`
  return {
    type: format === 'xlsx' ? XLSX_TYPE : CSV_TYPE,
    name: `报表_${range}`,
    plainName: `report_${range}`,
    content:
      format === 'xlsx'
        ? workbookOf(report, zone)
        : toCsvFile({ columns: columnsOf(report.by), rows: report.rows }, zone),
  }
}
