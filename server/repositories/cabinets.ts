import { and, between, desc, eq, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { devices, orders } from '#drizzle/schema'
import { PAID } from '#shared/order-status'
import { useStorage } from '../db/client'
import { beginOfDay, cabinetTotals } from '../db/order-totals'
import type { Sum } from './summary'

/** A cabinet that orders came from, with all its orders and those that wait to be imported. */
export interface SeenCabinet extends Sum { devId: number, name: string | null, lastDay: number, idle: Sum }

/** Every cabinet that the account set's orders name. */
export async function listSeenCabinets(setOfBookId: number): Promise<SeenCabinet[]> {
  const { db } = useStorage()
  const names = new Map(db.select({ devId: devices.devId, name: devices.name }).from(devices).where(eq(devices.setOfBookId, setOfBookId)).all()
    .map(({ devId, name }) => [devId, name]))
  const idle = sql`filter (where ${cabinetTotals.status} = ${PAID} and ${cabinetTotals.importState} = 'idle')`
  const total = (column: SQLiteColumn, filter = sql``) => sql<number>`coalesce(sum(${column}) ${filter}, 0)`
  return db.select({
    devId: cabinetTotals.devId, lastDay: sql<number>`max(${cabinetTotals.day})`, orders: total(cabinetTotals.orders), amount: total(cabinetTotals.amount),
    idle: { orders: total(cabinetTotals.orders, idle), amount: total(cabinetTotals.amount, idle) },
  }).from(cabinetTotals).where(eq(cabinetTotals.setOfBookId, setOfBookId)).groupBy(cabinetTotals.devId).all()
    .map(row => ({ ...row, name: names.get(row.devId) ?? null }))
}

/** A cabinet without configuration, with the time of its newest order. */
export interface UnconfiguredCabinet extends Sum { devId: number, lastSeen: number }

/** Cabinets that orders came from, but that are not configured; the one with most orders first. */
export async function listUnconfiguredCabinets(setOfBookId: number): Promise<UnconfiguredCabinet[]> {
  const { db } = useStorage()
  const seen = await listSeenCabinets(setOfBookId)
  return seen.filter(cabinet => cabinet.name === null).sort((a, b) => b.orders - a.orders || a.devId - b.devId).map(({ devId, orders: number, amount, lastDay }) => {
    const newest = db.select({ at: orders.createTime }).from(orders)
      .where(and(eq(orders.setOfBookId, setOfBookId), between(orders.createTime, beginOfDay(lastDay), beginOfDay(lastDay + 1) - 1), eq(orders.devId, devId)))
      .orderBy(desc(orders.createTime), desc(orders.id)).limit(1).get()
    return { devId, orders: number, amount, lastSeen: newest!.at }
  })
}
