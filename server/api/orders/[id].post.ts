import { defineActions } from '../../utils/api.ts'
import { orderActions } from '../../utils/order-actions.ts'

export default defineActions(orderActions)
