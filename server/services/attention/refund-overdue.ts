import type { Evaluator } from './finding.ts'
import { findRefunds } from './refund-finding.ts'

/** A refund pending for more than a day that nobody has recorded as handled. */
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
