/** goBox's order statuses (docs/api.md, Objects): the number on the wire and its Chinese name. */
export const ORDER_STATUS = {
  100: '支付成功',
  101: '等待支付',
  102: '等待退款',
  103: '退款成功',
  104: '退款失败',
  105: '交易关闭',
  107: '支付失败',
  109: '交易异常',
  110: '重新退款',
} as const

export type OrderStatus = keyof typeof ORDER_STATUS

/** The only status whose orders may be imported into C8. */
export const PAID: OrderStatus = 100

/** Orders paid back count as refunds. */
export const PAID_BACK: OrderStatus = 103

/** Statuses in which money goes or went back to the buyer. */
export const REFUND_STATUSES: readonly OrderStatus[] = [102, 103, 104, 110]

/** Whether goBox knows this number as a status. */
export function isOrderStatus(value: number): value is OrderStatus {
  return Object.hasOwn(ORDER_STATUS, value)
}
