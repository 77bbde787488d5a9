import type { LineChange, LineChanges, LineFacts, OrderHistoryEntry } from '#shared/order-history'
import { fenToYuan } from '#shared/money'
import { formatTime } from '#shared/time'
import { readChange, type Change, type ChangeDetail } from '../repositories/order-changes.ts'
import type { OrderEventRecord } from '../repositories/order-events.ts'
import type { OrderRecord } from '../repositories/orders.ts'
import { useConfig } from '../config.ts'

/** The order's columns that a message changes, under their public names and in public form. */
const FIELDS: Record<string, { name: string; present: (value: never, zone: string) => unknown }> = {
  status: { name: 'status', present: (value: number) => value },
  eId: { name: 'e_id', present: (value: string) => value },
  devId: { name: 'dev_id', present: (value: number) => value },
  createTime: { name: 'create_time', present: formatTime },
  updateTime: { name: 'update_time', present: formatTime },
  totalAmount: { name: 'total_amount', present: fenToYuan },
}

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

function presentFacts(facts: Partial<LineFacts> | null): Partial<LineFacts> | null {
  if (!facts) return null
  const shown = { ...facts }
  if (shown.amount !== undefined) shown.amount = fenToYuan(shown.amount)
  if (typeof shown.cost === 'number') shown.cost = fenToYuan(shown.cost)
  return shown
}

function presentLines(changes: LineChanges | undefined): LineChanges | undefined {
  return (
    changes && {
      lines: changes.lines.map(({ barcode, name, before, after }): LineChange => ({
        barcode,
        name,
        before: presentFacts(before),
        after: presentFacts(after),
      })),
      more: changes.more,
    }
  )
}

function presentEvent({ sequence, at, user, event, detail }: OrderEventRecord, zone: string): OrderHistoryEntry {
  const { change, lines, withheld, withheld_lines } = readChange((detail ?? {}) as ChangeDetail)
  return {
    sequence,
    at: formatTime(at, zone),
    user,
    event,
    reason: detail?.reason as string | undefined,
    code: detail?.code as OrderHistoryEntry['code'],
    params: detail?.params as OrderHistoryEntry['params'],
    change: presentChange(change, zone),
    lines: presentLines(lines),
    withheld: presentChange(withheld, zone),
    withheld_lines: presentLines(withheld_lines),
    note: detail?.note as string | undefined,
    retail_code: detail?.retail_code as string | null | undefined,
    adopted: detail?.adopted as boolean | undefined,
  }
}

/** Entries of an order's history, slice by slice. Entry 0, that it was received, stands in the order itself. */
export async function* presentHistory(
  order: OrderRecord,
  slices: AsyncIterable<OrderEventRecord[]>,
  { arrival }: { arrival?: 'first' | 'last' },
): AsyncGenerator<OrderHistoryEntry[]> {
  const { zone } = useConfig()
  const received: OrderHistoryEntry = {
    sequence: 0,
    at: formatTime(order.createdAt, zone),
    user: order.createdUser,
    event: 'received',
  }
  if (arrival === 'first') yield [received]
  for await (const slice of slices) yield slice.map((event) => presentEvent(event, zone))
  if (arrival === 'last') yield [received]
}
