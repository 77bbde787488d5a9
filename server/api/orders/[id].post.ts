import { defineActions } from '../../utils/api'
import { orderActions } from '../../utils/order-actions'

export default defineActions(orderActions)
