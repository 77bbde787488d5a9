import { sumDue } from '../../repositories/attention-facts.ts'
import { pausedReason } from '../../repositories/lookup-verdicts.ts'
import { pageAt, type Evaluator } from './finding.ts'

/** The account set's queue rests. */
export const importsPaused: Evaluator = {
  kind: 'imports_paused',
  severity: 'critical',
  async find({ setOfBookId, standing, now }) {
    const reason = pausedReason(standing)
    if (!reason) return []
    const { orders, amount } = await sumDue(setOfBookId, now)
    const { message, code, params } = reason
    const to = pageAt('/orders', { import_state: 'queued' })
    return [{ title: '导入已暂停', detail: message, code, params, count: orders, amount, to }]
  },
}
