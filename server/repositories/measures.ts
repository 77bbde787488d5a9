import { and, count, eq, isNotNull, isNull, lte, min, or, sum } from 'drizzle-orm'
import { attentionItems } from '#drizzle/schema/alerts'
import { orders } from '#drizzle/schema/orders'
import { dayTotals } from '#drizzle/totals'
import { useStorage } from '../storage/engine.ts'

/** How many orders there are, of all account sets, by status and import state. */
export async function countOrdersByState() {
  return useStorage()
    .db.select({
      status: dayTotals.status,
      importState: dayTotals.importState,
      orders: sum(dayTotals.orders).mapWith(Number),
    })
    .from(dayTotals)
    .groupBy(dayTotals.status, dayTotals.importState)
}

/** How many orders wait in the import queues, and since when the longest that is due has been; `null`: none is. */
export async function readQueue(now: number) {
  const { db } = useStorage()
  const waiting = and(isNotNull(orders.importDueAt), isNull(orders.importLease))
  const [queue] = await db.select({ orders: count() }).from(orders).where(waiting)
  const [due] = await db
    .select({ at: min(orders.importDueAt) })
    .from(orders)
    .where(and(waiting, lte(orders.importDueAt, now)))
  return { orders: queue!.orders, dueSince: due!.at }
}

/** The number of items that need a person, over all account sets, by kind and severity; without snoozed ones. */
export async function countAttention(now: number) {
  const { snoozedUntil, snoozedSeverity, severity, goneAt } = attentionItems
  const isGraver = and(eq(snoozedSeverity, 'warning'), eq(severity, 'critical'))
  return useStorage()
    .db.select({ kind: attentionItems.kind, severity: attentionItems.severity, items: count() })
    .from(attentionItems)
    .where(and(isNull(goneAt), or(isNull(snoozedUntil), lte(snoozedUntil, now), isGraver)))
    .groupBy(attentionItems.kind, attentionItems.severity)
}

/** The size of the database in bytes. */
export function databaseSize(): Promise<number> {
  return useStorage().size()
}
