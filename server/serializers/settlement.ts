import { fenToYuan } from '#shared/money'
import { ORDER_STATUS } from '#shared/order-status'
import type { DayStatus } from '#shared/settlement-kinds'
import type { StoredSum } from '#shared/settlements'
import type {
  CheckProgress,
  DaySum,
  SettlementCabinet,
  SettlementChange,
  SettlementDay,
  SettlementDetail,
  SettlementDifference,
} from '#shared/settlement-answers'
import { formatTime } from '#shared/time'
import type { ChangeRecord } from '../repositories/settlement-changes.ts'
import type { CabinetFigures } from '../repositories/settlement-closings.ts'
import type { DayRecord } from '../repositories/settlement-days.ts'
import type { DifferenceRecord } from '../repositories/settlement-differences.ts'
import type { DayDetail, DayView } from '../repositories/settlements.ts'
import { useConfig } from '../config.ts'

const time = (at: number | null | undefined) => (at == null ? null : formatTime(at, useConfig().zone))
const yuan = (fen: number | null) => (fen === null ? null : fenToYuan(fen))
const inYuan = ({ orders, amount }: StoredSum): DaySum => ({ orders, amount: fenToYuan(amount) })

function statusOf(day: DayRecord | undefined): DayStatus {
  if (day?.closedAt != null) return 'closed'
  if (day?.requestedAt != null) return 'checking'
  return day?.checkedAt == null ? 'open' : 'checked'
}

/** A day as the month shows it. */
export function presentSettlement({ date, day, figures, changes }: DayView): SettlementDay {
  return {
    date,
    status: statusOf(day),
    checked_at: time(day?.checkedAt),
    checked_user: day?.checkedUser ?? null,
    check_error: day?.checkError ?? null,
    check_error_code: day?.checkErrorCode ?? null,
    check_error_params: day?.checkErrorParams ?? null,
    closed_at: time(day?.closedAt),
    closed_user: day?.closedUser ?? null,
    note: day?.note ?? null,
    gobox: figures.gobox && inYuan(figures.gobox),
    stored: inYuan(figures.stored),
    c8: figures.c8 && inYuan(figures.c8),
    refunds: inYuan(figures.refunds),
    fetched: day?.fetched ?? 0,
    differences: figures.differences,
    changed_after_close: changes,
  }
}

function presentCabinet({ devId, name, gobox, stored, c8, refunds }: CabinetFigures): SettlementCabinet {
  return {
    dev_id: devId,
    name,
    gobox: gobox && inYuan(gobox),
    stored: inYuan(stored),
    c8: c8 && inYuan(c8),
    refunds: inYuan(refunds),
  }
}

export function presentDifference(difference: DifferenceRecord): SettlementDifference {
  return {
    id: difference.id,
    kind: difference.kind,
    order_id: difference.orderId,
    trans_id: difference.transId,
    dev_id: difference.devId,
    gobox_amount: yuan(difference.goboxAmount),
    stored_amount: yuan(difference.storedAmount),
    c8_amount: yuan(difference.c8Amount),
    retail_code: difference.retailCode,
    detail: difference.detail,
    // A day that an earlier release closed has none.
    detail_code: difference.detailCode ?? null,
    detail_params: difference.detailParams ?? null,
    resolved_at: time(difference.resolvedAt),
    accepted_at: time(difference.acceptedAt),
    accepted_user: difference.acceptedUser,
    note: difference.note,
  }
}

/** A day as its own page shows it. */
export function presentSettlementDetail(detail: DayDetail, progress: CheckProgress | null): SettlementDetail {
  return {
    ...presentSettlement(detail),
    progress: progress ?? (detail.day?.requestedAt == null ? null : (detail.day.progress ?? null)),
    cabinets: detail.cabinets.map(presentCabinet),
    differences: detail.differences.map(presentDifference),
  }
}

/** What a change of a closed day was, in Chinese. */
function changeDetail(change: ChangeRecord): string {
  const money = (fen: number | null) => `${fenToYuan(fen ?? 0)} 元`
  if (change.oldStatus === null)
    return `新到的订单：${ORDER_STATUS[change.newStatus]}，${money(change.newAmount)}，货柜 ${change.newDevId}`
  const parts: string[] = []
  if (change.oldStatus !== change.newStatus)
    parts.push(`交易状态：${ORDER_STATUS[change.oldStatus]} → ${ORDER_STATUS[change.newStatus]}`)
  if (change.oldAmount !== change.newAmount)
    parts.push(`订单总金额：${money(change.oldAmount)} → ${money(change.newAmount)}`)
  if (change.linesChanged) parts.push('商品明细有变化')
  if (change.oldDevId !== change.newDevId) parts.push(`货柜：${change.oldDevId} → ${change.newDevId}`)
  if (change.oldCreateTime !== change.newCreateTime)
    parts.push(`订单创建时间：${time(change.oldCreateTime)} → ${time(change.newCreateTime)}`)
  return parts.join('；')
}

/** The order before a change, `null` where it is new. */
function before({ oldStatus, oldAmount, oldDevId, oldCreateTime }: ChangeRecord): SettlementChange['before'] {
  if (oldStatus === null) return null
  return {
    status: oldStatus,
    total_amount: fenToYuan(oldAmount!),
    dev_id: oldDevId!,
    create_time: time(oldCreateTime)!,
  }
}

export function presentChange(change: ChangeRecord): SettlementChange {
  return {
    id: change.id,
    at: time(change.at)!,
    order_id: change.orderId,
    trans_id: change.transId,
    detail: changeDetail(change),
    before: before(change),
    after: {
      status: change.newStatus,
      total_amount: fenToYuan(change.newAmount),
      dev_id: change.newDevId,
      create_time: time(change.newCreateTime)!,
    },
    lines_changed: change.linesChanged,
    accepted_at: time(change.acceptedAt),
    accepted_user: change.acceptedUser,
    note: change.note,
  }
}
