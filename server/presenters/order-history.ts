import type { OrderHistoryEntry } from '#shared/order-history'
import { fenToYuan } from '#shared/money'
import { formatTime } from '#shared/time'
import type { OrderEventRecord } from '../repositories/order-events.ts'
import type { OrderRecord } from '../repositories/orders.ts'
import { useConfig } from '../utils/config.ts'

/** The order's columns that a message changes, under their public names and in public form. */
const FIELDS: Record<string, { name: string; present: (value: never, zone: string) => unknown }> = {
  status: { name: 'status', present: (value: number) => value },
  eId: { name: 'e_id', present: (value: string) => value },
  devId: { name: 'dev_id', present: (value: number) => value },
  createTime: { name: 'create_time', present: formatTime },
  updateTime: { name: 'update_time', present: formatTime },
  totalAmount: { name: 'total_amount', present: fenToYuan },
  products: {
    name: 'products',
    present: (lines: OrderRecord['products']) => lines.map((line) => `${line.name} ×${line.num}`).join('，'),
  },
}

type Change = Record<string, [unknown, unknown]>

function presentChange(change: Change | undefined, zone: string): Change | undefined {
  return (
    change &&
    Object.fromEntries(
      Object.entries(change).map(([key, values]) => {
        const { name, present } = FIELDS[key]!
        return [name, values.map((value) => present(value as never, zone)) as [unknown, unknown]]
      }),
    )
  )
}

/** An order's history, oldest first; that it was received stands in the order itself. */
export function presentHistory(order: OrderRecord, events: OrderEventRecord[]): OrderHistoryEntry[] {
  const { zone } = useConfig()
  const received: OrderHistoryEntry = {
    at: formatTime(order.createdAt, zone),
    user: order.createdUser,
    event: 'received',
  }
  return [
    received,
    ...events.map(({ at, user, event, detail }): OrderHistoryEntry => ({
      at: formatTime(at, zone),
      user,
      event,
      reason: detail?.reason as string | undefined,
      change: presentChange(detail?.change as Change | undefined, zone),
      withheld: presentChange(detail?.withheld as Change | undefined, zone),
      retail_code: detail?.retail_code as string | undefined,
      adopted: detail?.adopted as boolean | undefined,
    })),
  ]
}
