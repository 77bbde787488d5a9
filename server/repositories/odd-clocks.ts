import { and, asc, eq, gte, sql } from 'drizzle-orm'
import { oddClocks } from '#drizzle/schema/devices'
import { useStorage, type Tx } from '../storage/engine.ts'

/** A message whose time was more than a day ahead of the clock. */
export type OddClock = typeof oddClocks.$inferInsert

const later = (column: string) => sql.raw(`excluded.${column}`)

/** Records which cabinets' clocks are ahead, in the transaction that stores the messages. */
export async function noteOddClocks(tx: Tx, clocks: OddClock[]): Promise<void> {
  // In a fixed order, to avoid deadlocks between transactions that record the same cabinets.
  const sorted = clocks.toSorted((a, b) => a.setOfBookId - b.setOfBookId || a.devId - b.devId)
  for (const clock of sorted)
    await tx
      .insert(oddClocks)
      .values(clock)
      .onConflictDoUpdate({
        target: [oddClocks.setOfBookId, oddClocks.devId],
        set: { lastAt: later('last_at'), transId: later('trans_id'), updateTime: later('update_time') },
      })
}

/** The cabinets whose clock was odd since then, by their `devId`. */
export async function listOddClocks(setOfBookId: number, since: number): Promise<OddClock[]> {
  return useStorage()
    .db.select()
    .from(oddClocks)
    .where(and(eq(oddClocks.setOfBookId, setOfBookId), gte(oddClocks.lastAt, since)))
    .orderBy(asc(oddClocks.devId))
}
