import { describe, expect, it } from 'vitest'
import { cutIntoWeeks, presetRange } from '../../../shared/date-ranges.ts'

describe('the usual ranges', () => {
  it.each([
    ['today', '2026-03-01', ['2026-03-01', '2026-03-01']],
    ['yesterday', '2026-03-01', ['2026-02-28', '2026-02-28']],
    ['days7', '2026-03-03', ['2026-02-25', '2026-03-03']],
    ['thisMonth', '2026-03-31', ['2026-03-01', '2026-03-31']],
    ['lastMonth', '2026-01-15', ['2025-12-01', '2025-12-31']],
    ['lastMonth', '2028-03-31', ['2028-02-01', '2028-02-29']],
  ] as const)('%s, seen from %s', (preset, today, range) => {
    expect(presetRange(preset, today)).toEqual(range)
  })
})

describe('a range for goBox', () => {
  it('stays whole up to seven days', () => {
    expect(cutIntoWeeks(['2026-11-01', '2026-11-07'])).toEqual([['2026-11-01', '2026-11-07']])
  })

  it('is cut into weeks beyond, without a gap or a day twice', () => {
    expect(cutIntoWeeks(['2026-11-01', '2026-11-15'])).toEqual([
      ['2026-11-01', '2026-11-07'],
      ['2026-11-08', '2026-11-14'],
      ['2026-11-15', '2026-11-15'],
    ])
  })
})
