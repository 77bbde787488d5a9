import { MAX_DAYS, SHOWN_DAYS } from '#shared/settlements'
import { addDays, dateOfTime } from '#shared/dates'
import type { Day } from '../repositories/settlement-figures.ts'
import { useConfig } from '../config.ts'
import { invalidField } from '../errors.ts'
import { dayOfDate } from './settlement-checks.ts'

/**
 * The days of a stretch, newest first; where no end is named it is today, and where no begin is, a month before. Throws
 * Invalid where the stretch is too long.
 */
export function daysBetween({ start_date: start, end_date: end }: { start_date?: string; end_date?: string }): Day[] {
  const last = end ?? dateOfTime(Date.now(), useConfig().zone)
  const first = start ?? addDays(last, 1 - SHOWN_DAYS)
  if (first > last) throw invalidField('start_date', '不能晚于 end_date', { rule: 'after_end' })
  if (first <= addDays(last, -MAX_DAYS))
    throw invalidField('end_date', `一次最多 ${MAX_DAYS} 天，请缩短范围`, { rule: 'many_days', max: MAX_DAYS })
  const days: Day[] = []
  for (let date = last; date >= first; date = addDays(date, -1)) days.push(dayOfDate(date))
  return days
}
