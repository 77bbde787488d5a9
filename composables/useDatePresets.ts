import { DAY, formatTime } from '#shared/time'

export const DATE_PRESETS = ['today', 'yesterday', 'days7', 'days30', 'thisMonth', 'lastMonth'] as const
export type DatePreset = (typeof DATE_PRESETS)[number]

/** First and last day, both inclusive, as `YYYY-MM-DD`. */
export type DateRange = [start: string, end: string]

/** Calendar days are reckoned in UTC, where each has 24 hours. */
const dayText = (time: number) => new Date(time).toISOString().slice(0, 10)
export const addDays = (day: string, days: number) => dayText(Date.parse(day) + days * DAY)

/** The usual ranges seen from `today`. */
export function presetRange(preset: DatePreset, today: string): DateRange {
  const monthStart = `${today.slice(0, 7)}-01`
  const lastMonthEnd = addDays(monthStart, -1)
  switch (preset) {
    case 'today': return [today, today]
    case 'yesterday': return [addDays(today, -1), addDays(today, -1)]
    case 'days7': return [addDays(today, -6), today]
    case 'days30': return [addDays(today, -29), today]
    case 'thisMonth': return [monthStart, today]
    case 'lastMonth': return [`${lastMonthEnd.slice(0, 7)}-01`, lastMonthEnd]
  }
}

/** The usual ranges in the shop's zone. */
export function useDatePresets() {
  const session = useSessionStore()
  const today = () => formatTime(Date.now(), session.zone).slice(0, 10)
  return {
    today,
    rangeOf: (preset: DatePreset) => presetRange(preset, today()),
    presetOf: (start?: string, end?: string) => DATE_PRESETS.find((preset) => {
      const [first, last] = presetRange(preset, today())
      return first === start && last === end
    }),
  }
}
