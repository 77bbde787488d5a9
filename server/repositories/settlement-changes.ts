import { and, between, count, desc, eq, isNull } from 'drizzle-orm'
import { settlementChanges } from '#drizzle/schema/settlements'
import { useStorage, type Reader } from '../storage/engine.ts'
import { addAudit, type Actor } from './audit.ts'

export type ChangeRecord = typeof settlementChanges.$inferSelect

const table = settlementChanges
const ofDay = (setOfBookId: number, date: string) => and(eq(table.setOfBookId, setOfBookId), eq(table.date, date))

/** How many changes of closed days nobody has accepted; days without any are missing. */
export async function countChanges(
  db: Reader,
  setOfBookId: number,
  { first, last }: { first: string; last: string },
): Promise<Map<string, number>> {
  const rows = await db
    .select({ date: table.date, count: count() })
    .from(table)
    .where(and(eq(table.setOfBookId, setOfBookId), between(table.date, first, last), isNull(table.acceptedAt)))
    .groupBy(table.date)
  return new Map(rows.map(({ date, count }) => [date, count]))
}

/** A page of the changes of a closed day, newest first, and how many there are. */
export async function listChanges(
  setOfBookId: number,
  date: string,
  { start, limit }: { start: number; limit: number },
): Promise<{ total: number; rows: ChangeRecord[] }> {
  const { db } = useStorage()
  const where = ofDay(setOfBookId, date)
  const [counted] = await db.select({ total: count() }).from(table).where(where)
  const rows = await db.select().from(table).where(where).orderBy(desc(table.id)).limit(limit).offset(start)
  return { total: counted!.total, rows }
}

/** Accepts all changes of a closed day that nobody has accepted; resolves with how many. */
export async function acceptChanges(
  setOfBookId: number,
  date: string,
  note: string,
  by: Actor,
  now: number,
): Promise<number> {
  return useStorage().write(async (tx) => {
    const accepted = await tx
      .update(table)
      .set({ acceptedAt: now, acceptedUser: by.user, note })
      .where(and(ofDay(setOfBookId, date), isNull(table.acceptedAt)))
      .returning({ id: table.id })
    if (accepted.length > 0)
      await addAudit(tx, by, 'changes_accepted', { name: date, after: { count: accepted.length, note } })
    return accepted.length
  })
}
