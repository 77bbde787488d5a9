/** How an order can differ between goBox, here and C8 (docs/api.md, Settlements). */
export const DIFFERENCE_KINDS = [
  'missing_at_gobox',
  'status_differs',
  'amount_differs',
  'not_imported',
  'document_missing',
  'document_doubled',
  'document_unfinished',
  'document_unknown',
  'document_differs',
  'refunded_after_import',
  'refused',
] as const

export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number]

/** What people call the kinds. */
export const DIFFERENCE_NAMES: Record<DifferenceKind, string> = {
  missing_at_gobox: 'goBox 没有列出',
  status_differs: '交易状态不同',
  amount_differs: '金额不同',
  not_imported: '未导入',
  document_missing: '零售单不见了',
  document_doubled: '零售单重复',
  document_unfinished: '零售单没有完成',
  document_unknown: 'C8 里有零售单，本系统没有记录',
  document_differs: '零售单不同',
  refunded_after_import: '导入后退款',
  refused: '不能接收',
}

export const DAY_STATUSES = ['open', 'checking', 'checked', 'closed'] as const
export type DayStatus = (typeof DAY_STATUSES)[number]
