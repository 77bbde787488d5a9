import { dateOfTime } from '#shared/dates'
import { reportExportSchema } from '#shared/reports'
import { exportReport } from '../../exports/reports.ts'
import { report } from '../../services/report.ts'
import { reportDates } from '../../services/report-range.ts'
import { defineDownload } from '../../http/define-download.ts'
import { useConfig } from '../../config.ts'

const { zone } = useConfig()

export default defineDownload({
  summary: 'Exports a report as a file',
  permission: 'view',
  input: reportExportSchema,
  media: ['text/csv; charset=utf-8', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  run: async ({ input: { format, ...query }, session }) => {
    const dates = reportDates(query, dateOfTime(Date.now(), zone))
    return exportReport(await report(query.by, { setOfBookId: session.setOfBookId, zone, dates }), format, zone)
  },
})
