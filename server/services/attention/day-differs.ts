import { listDifferingDays } from '../../repositories/settlements.ts'
import type { Evaluator } from './finding.ts'

/** A day that is over was checked, and something does not agree. */
export const dayDiffers: Evaluator = {
  kind: 'day_differs',
  severity: 'warning',
  async find({ setOfBookId, now }) {
    return (await listDifferingDays(setOfBookId, now)).map(({ date, count, since }) => ({
      key: date,
      title: `${date} 对账有差异`,
      detail: `有 ${count} 处不一致，请逐条处理或说明`,
      count,
      since,
      to: `/settlements/${date}`,
    }))
  },
}
