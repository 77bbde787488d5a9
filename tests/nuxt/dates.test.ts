import { describe, expect, it } from 'vitest'
import { presetRange, useDatePresets, type DatePreset } from '~/composables/useDatePresets'
import { cutIntoWeeks } from '~/composables/useDownload'

describe('date presets', () => {
  it.each<[DatePreset, string, string, string]>([
    ['today', '2026-11-24', '2026-11-24', '2026-11-24'],
    ['yesterday', '2026-03-01', '2026-02-28', '2026-02-28'],
    ['days7', '2026-11-24', '2026-11-18', '2026-11-24'],
    ['days30', '2026-11-24', '2026-10-26', '2026-11-24'],
    ['thisMonth', '2026-11-24', '2026-11-01', '2026-11-24'],
    ['lastMonth', '2026-01-05', '2025-12-01', '2025-12-31'],
  ])('%s seen from %s is %s to %s', (preset, today, start, end) => {
    expect(presetRange(preset, today)).toEqual([start, end])
  })

  it('recognise a range that one of them makes, and no other', () => {
    const { rangeOf, presetOf } = useDatePresets()
    expect(presetOf(...rangeOf('days7'))).toBe('days7')
    expect(presetOf('2020-01-01', '2020-01-09')).toBeUndefined()
  })
})

describe('a download of more than a week', () => {
  it('is cut into pieces of at most seven days without a gap', () => {
    expect(cutIntoWeeks(['2026-11-01', '2026-11-16'])).toEqual([['2026-11-01', '2026-11-07'], ['2026-11-08', '2026-11-14'], ['2026-11-15', '2026-11-16']])
    expect(cutIntoWeeks(['2026-11-01', '2026-11-01'])).toEqual([['2026-11-01', '2026-11-01']])
  })
})
