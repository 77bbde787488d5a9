import { auditExportSchema } from '#shared/audit'
import { exportAudit } from '../../exports/audit.ts'
import { defineDownload } from '../../http/define-download.ts'
import { readAudit } from '../../repositories/audit.ts'
import { useConfig } from '../../config.ts'

const { zone } = useConfig()

export default defineDownload({
  summary: 'Exports who did what as a file',
  permission: 'edit',
  input: auditExportSchema(zone),
  media: ['text/csv; charset=utf-8', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  run: async ({ input: { format, ...filter }, session, client }) =>
    exportAudit(readAudit(session.setOfBookId, filter, client), format, zone),
})
