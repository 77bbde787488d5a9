import { countRejected } from '../../repositories/attention-facts.ts'
import { pageAt, type Evaluator } from './finding.ts'

/** Kept messages that nobody has replayed or deleted. */
export const messageRejected: Evaluator = {
  kind: 'message_rejected',
  severity: 'warning',
  async find({ setOfBookId }) {
    const { messages, since } = await countRejected(setOfBookId)
    if (messages === 0) return []
    const detail = 'goBox 的消息看不懂，订单可能没有收到，请查看后重放或删除'
    return [{ title: '看不懂的消息', detail, count: messages, since, to: pageAt('/settings', { tab: 'messages' }) }]
  },
}
