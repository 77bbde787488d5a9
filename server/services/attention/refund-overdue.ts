import type { Evaluator } from './finding.ts'
import { findRefunds } from './refund-finding.ts'

/** The refund has not ended for more than a day, and nobody has said what was done. */
export const refundOverdue: Evaluator = {
  kind: 'refund_overdue',
  severity: 'warning',
  find: (judged) =>
    findRefunds(
      judged,
      'refund_overdue',
      { refund_overdue: 1 },
      { title: '退款超期', detail: '这些退款超过一天还没有完成，请到 goBox 查看' },
    ),
}
