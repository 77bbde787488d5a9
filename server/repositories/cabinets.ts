import { and, desc, eq, gt, lt, max, sql, sum, type Column } from 'drizzle-orm'
import { devices } from '#drizzle/schema/devices'
import { orders } from '#drizzle/schema/orders'
import { beginOfDay, cabinetTotals } from '#drizzle/totals'
import { PAID } from '#shared/order-status'
import { useStorage, type Reader } from '../storage/engine.ts'
import { factsMatch } from './order-filter.ts'
import type { Sum } from './summary.ts'

/**
 * A cabinet that orders came from but that is not configured: all its orders, and those that would wait to be imported.
 */
export interface UnconfiguredCabinet extends Sum {
  devId: number
  lastDay: number
  idle: Sum
}

/** Cabinets that orders came from, but that are not configured; the one with most orders first. */
export async function listUnconfiguredCabinets(setOfBookId: number): Promise<UnconfiguredCabinet[]> {
  const idle = sql`filter (where ${cabinetTotals.status} = ${PAID} and ${cabinetTotals.importState} = 'idle')`
  const total = (column: Column, filter = sql``) => sql`coalesce(sum(${column}) ${filter}, 0)`.mapWith(Number)
  const rows = await useStorage()
    .db.select({
      devId: cabinetTotals.devId,
      lastDay: max(cabinetTotals.day),
      orders: total(cabinetTotals.orders),
      amount: total(cabinetTotals.amount),
      idle: { orders: total(cabinetTotals.orders, idle), amount: total(cabinetTotals.amount, idle) },
    })
    .from(cabinetTotals)
    .where(factsMatch(cabinetTotals, setOfBookId, { unconfigured: true }))
    .groupBy(cabinetTotals.devId)
    .having(gt(sum(cabinetTotals.orders), 0))
    .orderBy(desc(total(cabinetTotals.orders)), cabinetTotals.devId)
  return rows.map((row) => ({ ...row, lastDay: row.lastDay! }))
}

/** The time of a cabinet's newest order; `undefined`: its orders have been deleted meanwhile. */
export async function findLastSeen(
  setOfBookId: number,
  { devId, lastDay }: UnconfiguredCabinet,
): Promise<number | undefined> {
  const [newest] = await useStorage()
    .db.select({ at: orders.createTime })
    .from(orders)
    .where(
      and(
        eq(orders.setOfBookId, setOfBookId),
        // Not of that day alone: its last order may have been deleted or moved.
        lt(orders.createTime, beginOfDay(lastDay + 1)),
        eq(orders.devId, devId),
      ),
    )
    .orderBy(desc(orders.createTime), desc(orders.id))
    .limit(1)
  return newest?.at
}

/** The configured cabinets' names by dev_id. */
export async function readCabinetNames(
  setOfBookId: number,
  db: Reader = useStorage().db,
): Promise<Map<number, string>> {
  const rows = await db
    .select({ devId: devices.devId, name: devices.name })
    .from(devices)
    .where(eq(devices.setOfBookId, setOfBookId))
  return new Map(rows.map(({ devId, name }) => [devId, name]))
}
