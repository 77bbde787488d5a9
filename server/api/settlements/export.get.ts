import { settlementExportSchema } from '#shared/settlements'
import { exportSettlements } from '../../exports/settlements.ts'
import { daysBetween } from '../../services/settlement-days.ts'
import { defineDownload } from '../../http/define-download.ts'
import { useConfig } from '../../config.ts'

const { zone } = useConfig()

export default defineDownload({
  summary: 'Exports the days as a workbook',
  permission: 'view',
  input: settlementExportSchema(zone),
  media: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  run: async ({ input, session, client }) => exportSettlements(session.setOfBookId, daysBetween(input), zone, client),
})
