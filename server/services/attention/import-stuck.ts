import { STUCK_AFTER } from '#shared/import-state'
import { sumNeedy } from '../../repositories/attention-facts.ts'
import { pausedReason } from '../../repositories/lookup-verdicts.ts'
import { pageAt, type Evaluator } from './finding.ts'

const MINUTE = 60_000

/** Orders wait although the queue does not rest. */
export const importStuck: Evaluator = {
  kind: 'import_stuck',
  severity: 'critical',
  async find({ setOfBookId, standing, now }) {
    if (pausedReason(standing)) return []
    const { orders, amount, first } = await sumNeedy(setOfBookId, 'import_stuck', now)
    if (first === null) return []
    const to = pageAt('/orders', { import_stuck: 1 })
    const detail = `订单排队超过 ${STUCK_AFTER / MINUTE} 分钟还没有导入，请检查 C8 和服务器`
    return [{ title: '导入停滞', detail, count: orders, amount, since: first + STUCK_AFTER, to }]
  },
}
