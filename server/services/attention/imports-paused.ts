import { pausedReason } from '../../repositories/lookup-verdicts.ts'
import { addTotals, findWindows } from '../../repositories/order-totals.ts'
import { pageAt, type Evaluator } from './finding.ts'

/** The account set's queue rests, and with it all that is queued. */
export const importsPaused: Evaluator = {
  kind: 'imports_paused',
  severity: 'critical',
  async find({ setOfBookId, standing }) {
    const reason = pausedReason(standing)
    if (!reason) return []
    const { orders, amount } = addTotals(await findWindows(setOfBookId, { import_state: ['queued'] }))
    const { message, code, params } = reason
    const to = pageAt('/orders', { import_state: 'queued' })
    return [{ title: '导入已暂停', detail: message, code, params, count: orders, amount, to }]
  },
}
