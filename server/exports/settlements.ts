import { DIFFERENCE_NAMES, type DayStatus } from '#shared/settlement-kinds'
import type { StoredSum } from '#shared/settlements'
import type { CabinetFigures } from '../repositories/settlement-closings.ts'
import type { Day } from '../repositories/settlement-figures.ts'
import type { DifferenceRecord } from '../repositories/settlement-differences.ts'
import { viewDay, type DayDetail } from '../repositories/settlements.ts'
import { presentSettlement } from '../serializers/settlement.ts'
import type { Download } from '../http/define-download.ts'
import { nextTurn } from '../turns.ts'
import type { Column } from './columns.ts'
import { sheetOfSlices, toWorkbook } from './table.ts'
import { XLSX_TYPE } from './workbook.ts'

const STATUS_NAMES: Record<DayStatus, string> = {
  open: '未对账',
  checking: '对账中',
  checked: '已对账',
  closed: '已日结',
}

interface CabinetOfDay extends CabinetFigures {
  of: DayDetail
}

const sums = (title: string, sum: (row: CabinetOfDay) => StoredSum | null): Column<CabinetOfDay>[] => [
  { title: `${title} 订单数`, kind: 'number', value: (row) => sum(row)?.orders ?? null },
  { title: `${title} 金额（元）`, kind: 'money', value: (row) => sum(row)?.amount ?? null },
]

/** One row a day and cabinet, so that every column of money adds up. */
const SUMMARY: Column<CabinetOfDay>[] = [
  { title: '日期', kind: 'text', value: ({ of }) => of.date },
  { title: '状态', kind: 'text', value: ({ of }) => STATUS_NAMES[presentSettlement(of).status] },
  { title: '设备id', kind: 'id', width: 14, value: ({ devId }) => String(devId) },
  { title: '货柜名称', kind: 'text', value: ({ name }) => name },
  ...sums('goBox', ({ gobox }) => gobox),
  ...sums('本系统', ({ stored }) => stored),
  ...sums('C8', ({ c8 }) => c8),
  ...sums('退款', ({ refunds }) => refunds),
  { title: '日结用户', kind: 'text', value: ({ of }) => of.day?.closedUser ?? null },
  { title: '日结时间', kind: 'time', value: ({ of }) => of.day?.closedAt ?? null },
  { title: '备注', kind: 'text', value: ({ of }) => of.day?.note ?? null },
]

const DIFFERENCES: Column<DifferenceRecord>[] = [
  { title: '日期', kind: 'text', value: ({ date }) => date },
  { title: '差异', kind: 'text', value: ({ kind }) => DIFFERENCE_NAMES[kind] },
  { title: '交易编号', kind: 'id', width: 34, value: ({ transId }) => transId },
  { title: '设备id', kind: 'id', width: 14, value: ({ devId }) => (devId === null ? null : String(devId)) },
  { title: 'goBox 金额（元）', kind: 'money', value: ({ goboxAmount }) => goboxAmount },
  { title: '本系统金额（元）', kind: 'money', value: ({ storedAmount }) => storedAmount },
  { title: 'C8 金额（元）', kind: 'money', value: ({ c8Amount }) => c8Amount },
  { title: '零售单单号', kind: 'id', value: ({ retailCode }) => retailCode },
  { title: '说明', kind: 'text', value: ({ detail }) => detail },
  { title: '消除时间', kind: 'time', value: ({ resolvedAt }) => resolvedAt },
  { title: '认可用户', kind: 'text', value: ({ acceptedUser }) => acceptedUser },
  { title: '认可时间', kind: 'time', value: ({ acceptedAt }) => acceptedAt },
  { title: '备注', kind: 'text', value: ({ note }) => note },
]

/** The days one after the other, oldest first. */
async function* readDays(setOfBookId: number, days: Day[], client: AbortSignal): AsyncGenerator<DayDetail> {
  for (const day of days.toReversed()) {
    await nextTurn(client)
    yield await viewDay(setOfBookId, day)
  }
}

async function* rowsOfDays<Row>(
  days: AsyncIterable<DayDetail>,
  rowsOf: (day: DayDetail) => Row[],
): AsyncGenerator<Row[]> {
  for await (const day of days) yield rowsOf(day)
}

function sheetsOf(setOfBookId: number, days: Day[], zone: string, client: AbortSignal) {
  const read = () => readDays(setOfBookId, days, client)
  const cabinets = (of: DayDetail): CabinetOfDay[] => of.cabinets.map((cabinet) => ({ ...cabinet, of }))
  return toWorkbook([
    ['汇总', sheetOfSlices(SUMMARY, rowsOfDays(read(), cabinets), zone)],
    [
      '差异',
      sheetOfSlices(
        DIFFERENCES,
        rowsOfDays(read(), (day) => day.differences),
        zone,
      ),
    ],
  ])
}

/** The days as a workbook: a row a day and cabinet, and what does not agree. */
export function exportSettlements(setOfBookId: number, days: Day[], zone: string, client: AbortSignal): Download {
  const range = `${days.at(-1)!.date}_${days[0]!.date}`
  return {
    type: XLSX_TYPE,
    name: `日结_${range}.xlsx`,
    plainName: `settlements_${range}.xlsx`,
    content: sheetsOf(setOfBookId, days, zone, client),
  }
}
