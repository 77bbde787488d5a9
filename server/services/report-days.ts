import { addDays, addMonths, countDays } from '#shared/dates'
import { parseWall, DAY } from '#shared/time'

/** First and last day, both inclusive. */
export interface Dates {
  from: string
  to: string
}

/** The days that others are compared with, and which of them stands for a date. */
export interface Comparison extends Dates {
  shift: (date: string) => string
}

const THURSDAY_TO_MONDAY = 3
/** The date after which a week, a month … is over, and the next begins. */
const NEXT = {
  day: (date: string) => addDays(date, 1),
  week: (date: string) => addDays(date, 7 - ((parseWall(date)! / DAY + THURSDAY_TO_MONDAY) % 7)),
  month: (date: string) => addMonths(`${date.slice(0, 7)}-01`, 1),
}

/** A range by days, by weeks that begin on Monday, or by months; the first and the last may be cut. */
export function cutDates(by: keyof typeof NEXT, { from, to }: Dates): Dates[] {
  const parts: Dates[] = []
  for (let first = from; first <= to; first = NEXT[by](first)) {
    const last = addDays(NEXT[by](first), -1)
    parts.push({ from: first, to: last < to ? last : to })
  }
  return parts
}

/** How many months a range consists of; 0: not of whole ones. */
function wholeMonths({ from, to }: Dates): number {
  const end = addDays(to, 1)
  if (!from.endsWith('-01') || !end.endsWith('-01')) return 0
  const months = (date: string) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7))
  return months(end) - months(from)
}

/** As many days before a range; of whole months, as many months before. */
export function daysBefore({ from, to }: Dates): Comparison {
  const months = wholeMonths({ from, to })
  const days = countDays(from, to)
  const shift = (date: string) => (months > 0 ? addMonths(date, -months) : addDays(date, -days))
  return { from: shift(from), to: addDays(from, -1), shift }
}

/** The same dates of the year before. */
export function yearBefore({ from, to }: Dates): Comparison {
  const shift = (date: string) => addMonths(date, -12)
  const last = wholeMonths({ from, to }) > 0 ? addDays(shift(addDays(to, 1)), -1) : shift(to)
  return { from: shift(from), to: last, shift }
}

/**
 * Which days of a comparison stand for each part of a range: all of them, each once. `null` where there are none, as
 * for 31 October against September.
 */
export function counterparts(parts: Dates[], { to, shift }: Comparison): (Dates | null)[] {
  const starts = parts.map(({ from }) => shift(from))
  return starts.map((from, index) => {
    if (index > 0 && from <= starts[index - 1]!) return null
    const next = starts.find((date) => date > from)
    return { from, to: next === undefined ? to : addDays(next, -1) }
  })
}
