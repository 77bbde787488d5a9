import { unknownBarcodesSchema } from '#shared/import-failures'
import { exportUnknownBarcodes } from '../../exports/unknown-barcodes.ts'
import { listFailures } from '../../services/import-failures.ts'
import { defineDownload } from '../../http/define-download.ts'
import { useConfig } from '../../config.ts'

export default defineDownload({
  summary: 'Exports the barcodes that C8 does not know, with what waits for each, as a file',
  permission: 'view',
  input: unknownBarcodesSchema,
  media: ['text/csv; charset=utf-8', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  run: async ({ input: { format }, session, client }) => {
    const all = { code: 'product_unknown', start: 0, limit: Infinity } as const
    const { rows } = await listFailures(session.setOfBookId, all, client)
    return exportUnknownBarcodes(rows, format, useConfig().zone)
  },
})
