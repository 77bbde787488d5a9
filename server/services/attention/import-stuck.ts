import { sumDue } from '../../repositories/attention-facts.ts'
import { pausedReason } from '../../repositories/lookup-verdicts.ts'
import { pageAt, type Evaluator } from './finding.ts'

const MINUTE = 60_000
const MINUTES = 30

/** Orders wait although the queue does not rest. */
export const importStuck: Evaluator = {
  kind: 'import_stuck',
  severity: 'critical',
  async find({ setOfBookId, standing, now }) {
    if (pausedReason(standing)) return []
    const late = MINUTES * MINUTE
    const { orders, amount, since } = await sumDue(setOfBookId, now - late - 1)
    if (orders === 0) return []
    const to = pageAt('/orders', { import_state: 'queued' })
    const detail = `订单排队超过 ${MINUTES} 分钟还没有导入，请检查 C8 和服务器`
    return [{ title: '导入停滞', detail, count: orders, amount, since: since === null ? null : since + late, to }]
  },
}
