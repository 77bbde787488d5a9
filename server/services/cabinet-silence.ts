import type { Silence } from '#shared/devices'
import { formatTime } from '#shared/time'
import { useConfig } from '../config.ts'
import { readSales } from './expected-sales.ts'
import { isSilent, missedSales, rounded } from './silence.ts'

/** A cabinet that sold something once; times in milliseconds. */
export interface QuietCabinet {
  lastAt: number
  missed: number
  silent: boolean
}

/** Every cabinet that orders came from, by its dev_id, configured or not. */
export async function readQuietCabinets(setOfBookId: number, now: number): Promise<Map<number, QuietCabinet>> {
  const { zone } = useConfig()
  const { cabinets } = await readSales(setOfBookId, now, zone)
  return new Map(
    [...cabinets].map(([devId, profile]) => {
      const missed = missedSales(profile, now, zone)
      return [devId, { lastAt: profile.lastAt, missed, silent: isSilent(profile, missed, now) }]
    }),
  )
}

/** A cabinet's silence as it is shown. */
export function presentSilence(cabinet: QuietCabinet | undefined): Silence {
  return {
    expected_missed: cabinet ? rounded(cabinet.missed) : null,
    last_order_at: cabinet ? formatTime(cabinet.lastAt, useConfig().zone) : null,
    silent: cabinet?.silent ?? false,
  }
}
