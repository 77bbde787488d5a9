import { and, between, desc, eq, lte, max, sql } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import { beginOfDay, cabinetTotals, dayOf } from '#drizzle/totals'
import { useStorage } from '../storage/engine.ts'
import { nextTurn } from '../turns.ts'

/** The span of one read: a few milliseconds in a busy shop. */
const SLICE = 3 * 86_400_000

async function findLast(setOfBookId: number, devId: number, until: number): Promise<number | undefined> {
  const [last] = await useStorage()
    .db.select({ at: orders.createTime })
    .from(orders)
    .where(and(eq(orders.setOfBookId, setOfBookId), lte(orders.createTime, until), eq(orders.devId, devId)))
    .orderBy(desc(orders.createTime), desc(orders.id))
    .limit(1)
  return last?.at
}

/**
 * When each cabinet that orders came from last sold something, not counting times in the future; of those that have not
 * sold since then, only the last ones.
 */
export async function readLastOrders(setOfBookId: number, now: number, since: number): Promise<Map<number, number>> {
  const days = await useStorage()
    .db.select({ devId: cabinetTotals.devId, day: max(cabinetTotals.day) })
    .from(cabinetTotals)
    .where(and(eq(cabinetTotals.setOfBookId, setOfBookId), lte(cabinetTotals.day, dayOf(now))))
    .groupBy(cabinetTotals.devId)
  const newest = days.reduce((latest, { day }) => Math.max(latest, day!), -Infinity)
  const last = new Map<number, number>()
  for (const { devId, day } of days) {
    if (day! < newest && beginOfDay(day! + 1) <= since) continue
    await nextTurn()
    const at = await findLast(setOfBookId, devId, Math.min(now, beginOfDay(day! + 1) - 1))
    if (at !== undefined) last.set(devId, at)
  }
  return last
}

const timesBetween = () =>
  useStorage()
    .db.select({ devId: orders.devId, at: orders.createTime })
    .from(orders)
    .where(
      and(
        eq(orders.setOfBookId, sql.placeholder('setOfBookId')),
        between(orders.createTime, sql`${sql.placeholder('from')}`, sql`${sql.placeholder('to')}`),
      ),
    )

/** The times of all orders of a stretch with their cabinets, in slices. */
export async function* readOrderTimes(
  setOfBookId: number,
  { from, to }: { from: number; to: number },
): AsyncGenerator<[devId: number, at: number][]> {
  const read = useStorage().prepareRows(timesBetween())
  for (let begin = from; begin <= to; begin += SLICE) {
    await nextTurn()
    yield (await read({ setOfBookId, from: begin, to: Math.min(begin + SLICE - 1, to) })) as [number, number][]
  }
}
