import { gt, lte, or } from 'drizzle-orm'
import { dutyMarks } from '#drizzle/schema/cluster'
import { useStorage } from '../storage/engine.ts'

/** Claims a periodic duty that was last done before `since`; `false` if another node claimed it first. */
export async function claimDuty(name: string, since: number, now: number): Promise<boolean> {
  const taken = await useStorage().write((tx) =>
    tx
      .insert(dutyMarks)
      .values({ name, at: now })
      // A mark in the future was made before the clock was set back.
      .onConflictDoUpdate({
        target: dutyMarks.name,
        set: { at: now },
        setWhere: or(lte(dutyMarks.at, since), gt(dutyMarks.at, now)),
      })
      .returning({ name: dutyMarks.name }),
  )
  return taken.length > 0
}
