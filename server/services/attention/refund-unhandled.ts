import type { Evaluator } from './finding.ts'
import { findRefunds } from './refund-finding.ts'

/** Refunded after the import, and nobody has recorded how it was handled. */
export const refundUnhandled: Evaluator = {
  kind: 'refund_unhandled',
  severity: 'warning',
  find: (judged) =>
    findRefunds(
      judged,
      'refund_unhandled',
      { refund_handled: 0 },
      { title: '导入后退款', detail: '这些订单导入以后退了款，零售单要在 C8 里处理，处理后请记下来' },
    ),
}
