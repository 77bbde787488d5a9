import { IMPORT_STATE_NAMES } from '#shared/import-state'
import { ORDER_STATUS } from '#shared/order-status'
import type { OrderFilter } from '#shared/orders'
import { formatTime } from '#shared/time'

const WORDS: Record<keyof OrderFilter, string> = {
  q: '交易编号、用户id或零售单单号',
  start_date: '订单创建时间从',
  end_date: '订单创建时间到',
  status: '交易状态',
  import_state: '导入状态',
  device_name: '货柜名称',
  dev_id: '设备id',
  trans_id: '交易编号',
  is_imported: '是否已导入',
  unconfigured: '货柜未配置',
  refund: '退款',
  refunded_after_import: '导入后退款',
  refund_handled: '退款已处理',
  refund_overdue: '退款超期',
  barcode: '条码',
  awaits_c8: '等待确认',
  import_stuck: '导入停滞',
  import_error: '未导入原因',
  import_error_rest: '其他未导入原因',
}

/** What a filter asks for, in words. */
export function wordsOf(filter: OrderFilter, zone: string): [word: string, value: string][] {
  const { status, import_state: state, start_date: start, end_date: end } = filter
  const told: Partial<Record<keyof OrderFilter, string>> = {
    status: status && ORDER_STATUS[status],
    import_state: state && [...new Set(state.map((one) => IMPORT_STATE_NAMES[one]))].join('、'),
    start_date: start === undefined ? undefined : formatTime(start, zone),
    end_date: end === undefined ? undefined : formatTime(end, zone),
  }
  const asked = (Object.keys(WORDS) as (keyof OrderFilter)[]).filter((key) => filter[key] !== undefined)
  if (asked.length === 0) return [['全部订单', '']]
  return asked.map((key) => {
    const value = filter[key]
    return [WORDS[key], told[key] ?? (typeof value === 'boolean' ? (value ? '是' : '否') : String(value))]
  })
}
