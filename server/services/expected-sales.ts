import { DAY } from '#shared/time'
import { readLastOrders, readOrderTimes } from '../repositories/cabinet-times.ts'
import { salesMark } from '../repositories/sales-mark.ts'
import { nextTurn } from '../turns.ts'
import { addToHour, emptyWeek, OUT_OF_SERVICE, WINDOW, type SalesProfile } from './silence.ts'

/* The sales of cabinets in the four weeks before their last orders, the baseline for silence. */

export interface SalesProfiles {
  /** Of all cabinets together; `undefined` without any order. */
  all?: SalesProfile
  /** By dev_id. */
  cabinets: Map<number, SalesProfile>
}

interface Stretch {
  from: number
  to: number
}

/** The weeks before each cabinet's last order, joined where they overlap. */
function joinedWindows(lasts: Iterable<number>): Stretch[] {
  const joined: Stretch[] = []
  for (const to of [...lasts].sort((a, b) => a - b)) {
    const from = to - WINDOW + 1
    const before = joined.at(-1)
    if (before && from <= before.to + 1) before.to = to
    else joined.push({ from, to })
  }
  return joined
}

const profileOf = (lastAt: number): SalesProfile => ({ lastAt, orders: 0, byHour: emptyWeek() })

function note(profile: SalesProfile | undefined, at: number, zone: string) {
  if (!profile || at > profile.lastAt || at <= profile.lastAt - WINDOW) return
  profile.orders++
  addToHour(profile.byHour, at, zone)
}

/**
 * What every cabinet that orders came from has sold, configured or not; with `since` only those that have sold
 * something since then, and the one that sold last.
 */
export async function readSales(
  setOfBookId: number,
  now: number,
  zone: string,
  since = -Infinity,
): Promise<SalesProfiles> {
  const lasts = await readLastOrders(setOfBookId, now, since)
  if (lasts.size === 0) return { cabinets: new Map() }
  const all = profileOf([...lasts.values()].reduce((one, other) => Math.max(one, other)))
  const cabinets = new Map([...lasts].map(([devId, lastAt]) => [devId, profileOf(lastAt)]))
  for (const stretch of joinedWindows(lasts.values()))
    for await (const slice of readOrderTimes(setOfBookId, stretch)) {
      for (const [devId, at] of slice) {
        note(all, Number(at), zone)
        note(cabinets.get(Number(devId)), Number(at), zone)
      }
      await nextTurn()
    }
  return { all, cabinets }
}

interface Kept {
  sales: SalesProfiles
  mark: string
  readAt: number
  cost: number
}

const kept = new Map<number, Kept>()
/** A cabinet's number may be corrected without a trace in the mark. */
const LONGEST = 3_600_000
/** Reading takes at most a fiftieth of the time, however much is sold. */
const REST = 50

/** The sales of the cabinets in service, cached for evaluations every few seconds: reread after a sale. */
export async function keptSales(setOfBookId: number, now: number, zone: string): Promise<SalesProfiles> {
  const known = kept.get(setOfBookId)
  const age = known ? now - known.readAt : -1
  if (known && age >= 0 && age < known.cost * REST) return known.sales
  const mark = await salesMark(setOfBookId, now - OUT_OF_SERVICE - WINDOW, now + DAY)
  if (known && age >= 0 && age < LONGEST && known.mark === mark) return known.sales
  const begin = performance.now()
  const sales = await readSales(setOfBookId, now, zone, now - OUT_OF_SERVICE)
  kept.set(setOfBookId, { sales, mark, readAt: now, cost: performance.now() - begin })
  return sales
}
