import { describe, expect, it } from 'vitest'
import { useDatePresets } from '~/composables/useDatePresets'

describe('date presets', () => {
  it('recognise a range that one of them makes, and no other', () => {
    const { rangeOf, presetOf } = useDatePresets()
    expect(presetOf(...rangeOf('days7'))).toBe('days7')
    expect(presetOf('2020-01-01', '2020-01-09')).toBeUndefined()
  })
})
