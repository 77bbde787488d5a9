import { orderExportSchema } from '#shared/orders'
import { exportOrders } from '../../exports/orders.ts'
import { useConfig } from '../../config.ts'
import { defineDownload } from '../../http/define-download.ts'

const { zone } = useConfig()

export default defineDownload({
  summary: 'Exports the orders of a filter as a file',
  permission: 'view',
  input: orderExportSchema(zone),
  media: ['text/csv; charset=utf-8', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  run: ({ input, session, client }) => exportOrders(session.setOfBookId, input, zone, client),
})
