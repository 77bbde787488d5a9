import { formatTime } from '#shared/time'

interface QuietHours {
  quietFrom: string | null
  quietTo: string | null
}

/** The shop's wall clock as `HH:mm`. */
export const clockOf = (time: number, zone: string) => formatTime(time, zone).slice(11, 16)

/** Whether a channel rests now; its hours may pass midnight, and their end is no part of them. */
export function isQuiet({ quietFrom, quietTo }: QuietHours, now: number, zone: string): boolean {
  if (quietFrom === null || quietTo === null) return false
  const clock = clockOf(now, zone)
  return quietFrom <= quietTo ? clock >= quietFrom && clock < quietTo : clock >= quietFrom || clock < quietTo
}
