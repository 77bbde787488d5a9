import { describe, expect, it } from 'vitest'
import { countByHour, expectedSales, hourOfWeek, isSilent } from '#server/services/silence'

const HOUR = 3_600_000
const ZONE = 'Asia/Shanghai'
const at = (text: string) => Date.parse(`${text}+08:00`)

describe('expectedSales', () => {
  it('counts hours in part where only part of one has passed', () => {
    const noon = at('2026-11-20T12:00:00')
    const counts = countByHour([noon, noon + 60_000, noon + 120_000, noon + HOUR], ZONE)
    expect(expectedSales(counts, noon + HOUR / 2, noon + 1.5 * HOUR, ZONE)).toBeCloseTo(3 / 8 + 1 / 8)
    expect(expectedSales(counts, noon, noon, ZONE)).toBe(0)
  })

  it('counts real hours where the clock is changed', () => {
    const zone = 'America/New_York'
    const before = Date.parse('2026-11-01T00:30:00-04:00')
    const counts = countByHour([before], zone).map(() => 4)
    // The night of the change has an hour more.
    expect(expectedSales(counts, before, Date.parse('2026-11-01T03:30:00-05:00'), zone)).toBeCloseTo(4)
  })
})

it('knows the hour of the week in zones of half hours', () => {
  const time = Date.parse('2026-11-20T12:40:00+05:30')
  expect(hourOfWeek(time, 'Asia/Kolkata') % 24).toBe(12)
})

it.each([
  ['seven expected', 20, 1, 7, true],
  ['fewer than seven expected', 20, 1, 6.99, false],
  ['fewer than twenty orders', 19, 1, 50, false],
  ['no order for sixty days', 500, 60 * 24, 500, false],
])('with %s', (_, orders, hours, expected, silent) => {
  expect(isSilent({ orders, lastAt: 0, byHour: [] }, expected, hours * HOUR)).toBe(silent)
})
