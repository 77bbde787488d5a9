import { DAY, zoneOffset } from '#shared/time'

/** Of how many days, weeks and months the newest backup is kept. */
export interface BackupKeep {
  d: number
  w: number
  m: number
}

/** The first of January 1970 was a Thursday. */
const MONDAY = 3

/** The names of the day, the week and the month of a time on the shop's calendar. */
function periodsOf(time: number, zone: string): Record<keyof BackupKeep, string> {
  const local = time + zoneOffset(time, zone)
  const day = Math.floor(local / DAY)
  return {
    d: String(day),
    w: String(Math.floor((day + MONDAY) / 7)),
    m: new Date(local).toISOString().slice(0, 7),
  }
}

/**
 * Which of the backups made at these times are kept: of each of the last days, weeks and months that have any, the
 * newest; in any case the newest of all.
 */
export function timesToKeep(times: readonly number[], keep: BackupKeep, zone: string): Set<number> {
  const newestFirst = times.toSorted((a, b) => b - a)
  const kept = new Set(newestFirst.slice(0, 1))
  for (const unit of ['d', 'w', 'm'] as const) {
    const seen = new Set<string>()
    for (const time of newestFirst) {
      const period = periodsOf(time, zone)[unit]
      if (seen.has(period)) continue
      if (seen.size >= keep[unit]) break
      seen.add(period)
      kept.add(time)
    }
  }
  return kept
}
