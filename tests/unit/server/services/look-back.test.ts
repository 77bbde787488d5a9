import { describe, expect, it } from 'vitest'
import { isLongReviewDue, lookBackDays } from '#server/services/look-back'
import { DAY } from '#shared/time'

describe('the nightly look back', () => {
  it.each([
    [0, 3],
    [1 * DAY, 3],
    [2.5 * DAY, 4],
    [4 * DAY, 5],
    [4.2 * DAY, 6],
    [29 * DAY, 30],
    [34 * DAY, 30],
  ])('goes as far as orders have come late, and a day more: %i ms, %i days', (lateBy, days) => {
    expect(lookBackDays(lateBy)).toBe(days)
  })

  it.each([
    [null, '2026-11-20', false],
    ['2026-11-20', '2026-11-20', false],
    ['2026-11-20', '2026-11-26', false],
    ['2026-11-20', '2026-11-27', true],
    ['2026-12-20', '2026-11-27', true],
  ])('is a long one once a week: last on %s, %s is due: %s', (last, today, isDue) => {
    expect(isLongReviewDue(last, today)).toBe(isDue)
  })
})
