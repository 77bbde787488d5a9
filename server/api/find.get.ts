import { findAnswer, findQuerySchema } from '#shared/find'
import { listDevices } from '../repositories/devices.ts'
import { findOrders, findProducts } from '../repositories/find.ts'
import { presentOrderRow } from '../serializers/order.ts'
import { defineApi } from '../http/define-api.ts'

/** Of each kind. */
const MAX = 5

export default defineApi({
  summary: 'Finds orders, cabinets and products at once by what is typed',
  permission: 'view',
  input: findQuerySchema,
  answer: findAnswer,
  run: async ({ input: { q }, session: { setOfBookId, setOfBook }, client }) => {
    const [orders, devices, products] = await Promise.all([
      findOrders(setOfBookId, q, MAX, client),
      listDevices(setOfBookId, { q, start: 0, limit: MAX }),
      findProducts(setOfBookId, q, MAX, Date.now()),
    ])
    return {
      orders: orders.map((order) => presentOrderRow(order, setOfBook)),
      cabinets: devices.rows.map(({ id, name, devId }) => ({ id, name, dev_id: devId })),
      products,
    }
  },
})
