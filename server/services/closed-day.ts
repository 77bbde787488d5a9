import { dayClosed, findClosedDay } from '../repositories/closed-days.ts'
import type { OrderRecord } from '../repositories/orders.ts'

/** Throws Conflict where the order lies in a closed day. Asked once more, for good, where the order is claimed. */
export async function refuseWhenClosed(order: OrderRecord): Promise<void> {
  const date = await findClosedDay(order)
  if (date !== undefined) throw dayClosed(date)
}
