import { orderDetailAnswer, previewAnswer } from '#shared/order-answers'
import { HISTORY_PAGE } from '#shared/order-history'
import { presentDevice } from '../../serializers/device.ts'
import { presentHistory } from '../../serializers/order-history.ts'
import { presentOrder } from '../../serializers/order.ts'
import { findDeviceByDevId } from '../../repositories/devices.ts'
import { countHistory, readHistory } from '../../repositories/order-history.ts'
import { getOrder } from '../../repositories/orders.ts'
import { previewImport } from '../../services/preview-import.ts'
import { action, defineActions } from '../../http/define-api.ts'
import { C8_FAILURES } from '../../http/describe-route.ts'
import { NotFound } from '../../errors.ts'
import { orderActions } from '../../http/order-actions.ts'
import { idOf } from '../../http/request.ts'

/** The document as it would be sent (docs/api.md, Imports). */
const previewAction = action({
  summary: 'Shows the document as an import would send it, and makes nothing',
  permission: 'view',
  answer: previewAnswer,
  errors: ['404 order_not_found', '409 retail_already_made', ...C8_FAILURES],
  run: async ({ session, event }) => {
    const { draft, lines, problems } = await previewImport(session, idOf(event))
    const reasons = problems.map(({ message: errmsg, code, params = null }) => ({ errmsg, code, params }))
    return { draft, lines, problems: reasons.map(({ errmsg }) => errmsg), reasons }
  },
})

export default defineActions(
  { ...orderActions, preview_import: previewAction },
  action({
    summary: 'Shows an order with its history and the configuration of its cabinet',
    permission: 'view',
    answer: orderDetailAnswer,
    errors: ['404 order_not_found'],
    run: async ({ session, event, client }) => {
      const order = await getOrder(session.setOfBookId, idOf(event))
      if (!order) throw new NotFound('订单不存在，可能已被删除', { code: 'order_not_found' })
      const device = await findDeviceByDevId(session.setOfBookId, order.devId)
      const last = await countHistory(order.id)
      const first = last - HISTORY_PAGE + 1
      const newest = readHistory(order.id, { first, last }, false, client)
      return {
        ...presentOrder(order, session.setOfBook),
        device: device ? presentDevice(device, session.setOfBook) : null,
        history_total: last + 1,
        // Oldest first, and the newest alone where there are many: history.get.ts shows the others.
        history: presentHistory(order, newest, { arrival: first <= 0 ? 'first' : undefined }),
      }
    },
  }),
)
