import { DAY } from '#shared/time'

/** Days that the nightly look back goes back at least and at most, and those of the weekly one. */
const SHORTEST = 3
const LONGEST = 30
export const LONG_REVIEW_DAYS = 35
const LONG_REVIEW_EVERY = 7 * DAY

/** How many days the nightly look back goes back where orders have come late by so much. */
export function lookBackDays(lateBy: number): number {
  return Math.min(LONGEST, Math.max(SHORTEST, Math.ceil(lateBy / DAY) + 1))
}

/** Whether the long look back is due today; both are days as `YYYY-MM-DD`. The first week has none. */
export function isLongReviewDue(last: string | null, today: string): boolean {
  // A last one in the future comes from a clock that has since been set back.
  return last !== null && (last > today || Date.parse(today) - Date.parse(last) >= LONG_REVIEW_EVERY)
}
