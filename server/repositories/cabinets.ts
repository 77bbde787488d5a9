import { and, between, desc, eq, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { devices, orders } from '#drizzle/schema'
import { PAID } from '#shared/order-status'
import { useStorage } from '../db/client.ts'
import { beginOfDay, cabinetTotals } from '../db/order-totals.ts'
import { factsMatch } from './order-filter.ts'
import type { Sum } from './summary.ts'

/** A cabinet that orders came from but that is not configured: all its orders, and those that would wait to be imported. */
export interface UnconfiguredCabinet extends Sum {
  devId: number
  lastDay: number
  idle: Sum
}

/** Cabinets that orders came from, but that are not configured; the one with most orders first. */
export async function listUnconfiguredCabinets(setOfBookId: number): Promise<UnconfiguredCabinet[]> {
  const idle = sql`filter (where ${cabinetTotals.status} = ${PAID} and ${cabinetTotals.importState} = 'idle')`
  const total = (column: SQLiteColumn, filter = sql``) => sql<number>`coalesce(sum(${column}) ${filter}, 0)`
  return useStorage()
    .db.select({
      devId: cabinetTotals.devId,
      lastDay: sql<number>`max(${cabinetTotals.day})`,
      orders: total(cabinetTotals.orders),
      amount: total(cabinetTotals.amount),
      idle: { orders: total(cabinetTotals.orders, idle), amount: total(cabinetTotals.amount, idle) },
    })
    .from(cabinetTotals)
    .where(factsMatch(cabinetTotals, setOfBookId, { unconfigured: true }))
    .groupBy(cabinetTotals.devId)
    .orderBy(desc(total(cabinetTotals.orders)), cabinetTotals.devId)
    .all()
}

/** The time of a cabinet's newest order. */
export async function findLastSeen(setOfBookId: number, { devId, lastDay }: UnconfiguredCabinet): Promise<number> {
  return useStorage()
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
    .get()!.at
}

/** The configured cabinets' names by dev_id. */
export async function readCabinetNames(setOfBookId: number): Promise<Map<number, string>> {
  return new Map(
    useStorage()
      .db.select({ devId: devices.devId, name: devices.name })
      .from(devices)
      .where(eq(devices.setOfBookId, setOfBookId))
      .all()
      .map(({ devId, name }) => [devId, name]),
  )
}
