import { and, count, eq, gt, isNotNull, isNull, lte, ne, or, sum } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import { setOfBooks } from '#drizzle/schema/account-sets'
import { settlementDays } from '#drizzle/schema/settlements'
import type { StoredProgress } from '#shared/settlements'
import { useStorage, type Tx } from '../storage/engine.ts'
import { mayHaveOthers } from './nodes.ts'
import { underWay, type RequestedCheck } from './settlement-days.ts'

/*
 * An account set's places at C8, which imports and the look-ups of day checks share on all nodes: a lease takes one,
 * and the node that runs a check says how many its look-ups hold.
 */

/** Backoff reaches an hour: a due time further ahead than this comes from a clock that has since been set back. */
const FURTHEST_DUE = 2 * 3_600_000

export const due = (now: number) =>
  and(isNotNull(orders.importDueAt), or(lte(orders.importDueAt, now), gt(orders.importDueAt, now + FURTHEST_DUE)))

/** Keeps how many places of the account set are taken until the transaction ends. */
async function lockPlaces(tx: Tx, setOfBookId: number): Promise<{ rests: boolean }> {
  const [set] = await useStorage().forUpdate(
    tx
      .select({ pausedReason: setOfBooks.importPausedReason, lookupBrokenAt: setOfBooks.lookupBrokenAt })
      .from(setOfBooks)
      .where(eq(setOfBooks.id, setOfBookId)),
  )
  return { rests: set?.pausedReason != null || set?.lookupBrokenAt != null }
}

async function countLeases(tx: Tx, setOfBookId: number): Promise<number> {
  const leased = and(eq(orders.setOfBookId, setOfBookId), isNotNull(orders.importLease))
  const [row] = await tx.select({ leases: count() }).from(orders).where(leased)
  return row!.leases
}

/** The places that look-ups hold, but for those of `except`'s day. */
async function countLookupPlaces(tx: Tx, setOfBookId: number, except?: string): Promise<number> {
  const [row] = await tx
    .select({ places: sum(settlementDays.lookupPlaces).mapWith(Number) })
    .from(settlementDays)
    .where(
      and(
        eq(settlementDays.setOfBookId, setOfBookId),
        isNotNull(settlementDays.lookupPlaces),
        except === undefined ? undefined : ne(settlementDays.date, except),
      ),
    )
  return row?.places ?? 0
}

/**
 * Whether one of the account set's `places` is free, whatever node has the others, and its queue does not rest; it
 * stays so until the transaction ends.
 */
export async function holdFreePlace(tx: Tx, setOfBookId: number, places: number): Promise<boolean> {
  const { rests } = await lockPlaces(tx, setOfBookId)
  if (rests) return false
  const leases = await countLeases(tx, setOfBookId)
  const lookups = mayHaveOthers() ? await countLookupPlaces(tx, setOfBookId) : 0
  return leases + lookups < places
}

/** How many orders wait for a place, `most` at the most. */
async function countDue(tx: Tx, setOfBookId: number, most: number): Promise<number> {
  const rows = await tx
    .select({ id: orders.id })
    .from(orders)
    .where(and(eq(orders.setOfBookId, setOfBookId), due(Date.now()), isNull(orders.importLease)))
    .limit(most)
  return rows.length
}

/**
 * Tells the other nodes how far a check is, and takes as many of the `places` for its look-ups as no import has or
 * waits for. `grant` hears how many these are and answers how many are in use, which are kept until they are free.
 * `false` if the check has been taken back.
 */
export async function shareCheck(
  check: RequestedCheck,
  progress: StoredProgress,
  places: number,
  grant: (granted: number) => number,
): Promise<boolean> {
  const { setOfBookId, date } = check
  return useStorage().write(async (tx) => {
    const { rests } = await lockPlaces(tx, setOfBookId)
    const taken = (await countLeases(tx, setOfBookId)) + (await countLookupPlaces(tx, setOfBookId, date))
    const wanted = rests ? 0 : await countDue(tx, setOfBookId, places)
    const granted = Math.max(0, places - taken - wanted)
    const shared = await tx
      .update(settlementDays)
      .set({ progress, lookupPlaces: Math.max(granted, grant(granted)) })
      .where(underWay(check))
      .returning({ date: settlementDays.date })
    return shared.length > 0
  })
}

/** Gives the places of a check back whose look-ups have all ended. */
export async function leavePlaces({ setOfBookId, date }: Pick<RequestedCheck, 'setOfBookId' | 'date'>): Promise<void> {
  await useStorage().write((tx) =>
    tx
      .update(settlementDays)
      .set({ lookupPlaces: null })
      .where(and(eq(settlementDays.setOfBookId, setOfBookId), eq(settlementDays.date, date))),
  )
}

/** The days whose look-ups hold places. */
export function listLookupPlaces(): PromiseLike<{ setOfBookId: number; date: string }[]> {
  return useStorage()
    .db.select({ setOfBookId: settlementDays.setOfBookId, date: settlementDays.date })
    .from(settlementDays)
    .where(isNotNull(settlementDays.lookupPlaces))
}
