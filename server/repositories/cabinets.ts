import { and, between, desc, eq, max, sql, type Column } from 'drizzle-orm'
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
    .orderBy(desc(total(cabinetTotals.orders)), cabinetTotals.devId)
  return rows.map((row) => ({ ...row, lastDay: row.lastDay! }))
}

/** The time of a cabinet's newest order. */
export async function findLastSeen(setOfBookId: number, { devId, lastDay }: UnconfiguredCabinet): Promise<number> {
  const [newest] = await useStorage()
    .db.select({ at: orders.createTime })
    .from(orders)
    .where(
      and(
        eq(orders.setOfBookId, setOfBookId),
        between(orders.createTime, beginOfDay(lastDay), beginOfDay(lastDay + 1) - 1),
        eq(orders.devId, devId),
      ),
    )
    .orderBy(desc(orders.createTime), desc(orders.id))
    .limit(1)
  return newest!.at
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
