import { DAY } from './time.ts'

export const DATE_PRESETS = ['today', 'yesterday', 'days7', 'days30', 'thisMonth', 'lastMonth'] as const
export type DatePreset = (typeof DATE_PRESETS)[number]

/** First and last day, both inclusive, as `YYYY-MM-DD`. */
export type DateRange = [start: string, end: string]

/** Calendar days are reckoned in UTC, where each has 24 hours. */
const dayText = (time: number) => new Date(time).toISOString().slice(0, 10)
/** The day so many days later. */
const addDays = (day: string, days: number) => dayText(Date.parse(day) + days * DAY)

/** The usual ranges seen from `today`. */
export function presetRange(preset: DatePreset, today: string): DateRange {
  const monthStart = `${today.slice(0, 7)}-01`
  const lastMonthEnd = addDays(monthStart, -1)
  switch (preset) {
    case 'today':
      return [today, today]
    case 'yesterday':
      return [addDays(today, -1), addDays(today, -1)]
    case 'days7':
      return [addDays(today, -6), today]
    case 'days30':
      return [addDays(today, -29), today]
    case 'thisMonth':
      return [monthStart, today]
    case 'lastMonth':
      return [`${lastMonthEnd.slice(0, 7)}-01`, lastMonthEnd]
  }
}

/** goBox answers at most seven days at once (docs/api.md, Downloads). */
const MAX_DAYS = 7

/** The range cut into pieces of at most seven days, oldest first. */
export function cutIntoWeeks([start, end]: DateRange): DateRange[] {
  const weeks: DateRange[] = []
  for (let first = start; first <= end; first = addDays(first, MAX_DAYS)) {
    const last = addDays(first, MAX_DAYS - 1)
    weeks.push([first, last < end ? last : end])
  }
  return weeks
}
