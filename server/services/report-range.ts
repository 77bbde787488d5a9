import { addDays, countDays } from '#shared/dates'
import { REPORT_DAYS } from '#shared/report-kinds'
import type { ReportQuery } from '#shared/reports'
import { invalidField } from '../errors.ts'
import type { Dates } from './report-days.ts'

/** The days that are reported where none are named. */
const SHOWN_DAYS = 30
/** Beyond these there are no orders, and no dates to compare with. */
const [MIN, MAX] = ['2000-01-01', '2199-12-31']

const RULES = {
  day: (max: number) => ({ text: `按天看一次最多 ${max} 天，请缩短范围，或按周、按月看`, rule: 'many_days_by_day' }),
  hour: (max: number) => ({ text: `按小时看一次最多 ${max} 天，请缩短范围`, rule: 'many_days_by_hour' }),
  other: (max: number) => ({ text: `一次最多 ${max} 天，请缩短范围`, rule: 'many_days' }),
}

/**
 * The days of a report; where no end is named it is today, and where no begin is, a month before. Throws Invalid where
 * they cannot be reported.
 */
export function reportDates({ from, to, by }: ReportQuery, today: string): Dates {
  const last = to ?? today
  const first = from ?? addDays(last, 1 - SHOWN_DAYS)
  for (const [field, date] of Object.entries({ from: first, to: last }))
    if (date < MIN || date > MAX)
      throw invalidField(field, `必须在 ${MIN} 和 ${MAX} 之间`, { rule: 'date_between', min: MIN, max: MAX })
  if (first > last) throw invalidField('from', '不能晚于 to', { rule: 'after_to' })
  const max = REPORT_DAYS[by]
  if (countDays(first, last) > max) {
    const { text, rule } = RULES[by === 'day' || by === 'hour' ? by : 'other'](max)
    throw invalidField('to', text, { rule, max })
  }
  return { from: first, to: last }
}
