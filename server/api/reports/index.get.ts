import { dateOfTime } from '#shared/dates'
import { reportAnswer, reportQuerySchema } from '#shared/reports'
import { report } from '../../services/report.ts'
import { reportDates } from '../../services/report-range.ts'
import { defineApi } from '../../http/define-api.ts'
import { useConfig } from '../../config.ts'

const SHOWN_ROWS = 500

export default defineApi({
  summary: 'Reports what was sold, against the period before and the year before',
  permission: 'view',
  input: reportQuerySchema,
  answer: reportAnswer,
  // Hours are counted from the orders.
  place: ({ by }) => (by === 'hour' ? 'search' : undefined),
  run: ({ input, session }) => {
    const { zone } = useConfig()
    const dates = reportDates(input, dateOfTime(Date.now(), zone))
    return report(input.by, { setOfBookId: session.setOfBookId, zone, dates }, SHOWN_ROWS)
  },
})
