import { listChangedDays } from '../../repositories/settlements.ts'
import type { Evaluator } from './finding.ts'

/** A closed day has changed since, and nobody has accepted it. */
export const dayChangedAfterClose: Evaluator = {
  kind: 'day_changed_after_close',
  severity: 'warning',
  async find({ setOfBookId }) {
    return (await listChangedDays(setOfBookId)).map(({ date, count, since }) => ({
      key: date,
      title: `${date} 日结后有变化`,
      detail: `日结以后有 ${count} 处变化，请查看并认可，或先反日结`,
      count,
      since,
      to: `/settlements/${date}`,
    }))
  },
}
