import { orderExportSchema } from '#shared/orders'
import { exportOrders } from '../../exports/orders'
import { useConfig } from '../../utils/config'
import { defineDownload } from '../../utils/download'

const { zone } = useConfig()

export default defineDownload({
  permission: 'view',
  input: orderExportSchema(zone),
  run: ({ input, session }) => exportOrders(session.setOfBookId, input, zone),
})
