import { orderExportSchema } from '#shared/orders'
import { exportOrders } from '../../exports/orders.ts'
import { useConfig } from '../../utils/config.ts'
import { defineDownload } from '../../utils/download.ts'

const { zone } = useConfig()

export default defineDownload({
  permission: 'view',
  input: orderExportSchema(zone),
  run: ({ input, session }) => exportOrders(session.setOfBookId, input, zone),
})
