import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { timesToKeep } from '#server/storage/sqlite/backup-keep'

const DAY = 86_400_000
const at = (text: string, offset = '+08:00') => Date.parse(`${text}${offset}`)
const text = (time: number) => new Date(time + 8 * 3_600_000).toISOString().slice(0, 16)

/** What is kept of these, oldest first. */
function kept(times: string[], keep: Parameters<typeof timesToKeep>[1], zone = 'Asia/Shanghai') {
  return [
    ...timesToKeep(
      times.map((time) => at(time)),
      keep,
      zone,
    ),
  ]
    .toSorted((a, b) => a - b)
    .map(text)
}

describe('of the backups', () => {
  it('the newest of each of the last days is kept', () => {
    expect(
      kept(['2026-11-20T03:00', '2026-11-21T03:00', '2026-11-22T03:00', '2026-11-22T18:00', '2026-11-23T03:00'], {
        d: 2,
        w: 0,
        m: 0,
      }),
    ).toEqual(['2026-11-22T18:00', '2026-11-23T03:00'])
  })

  it('days without any do not count: those of a machine that was off for long stay', () => {
    expect(kept(['2026-01-01T03:00', '2026-06-01T03:00', '2026-11-23T03:00'], { d: 7, w: 0, m: 0 })).toHaveLength(3)
  })

  it('a day, a week from Monday on and a month are those of the shop', () => {
    // Sunday 22 and Monday 23 November, on either side of the shop's midnight: in UTC both are the 22nd.
    const times = ['2026-11-22T23:00', '2026-11-23T01:00']
    expect(kept(times, { d: 2, w: 0, m: 0 })).toEqual(times)
    expect(kept(times, { d: 0, w: 2, m: 0 })).toEqual(times)
    expect(kept(['2026-10-31T23:00', '2026-11-01T01:00'], { d: 0, w: 0, m: 2 })).toHaveLength(2)
    expect(kept(['2026-11-23T01:00', '2026-11-29T23:00'], { d: 0, w: 2, m: 0 })).toEqual(['2026-11-29T23:00'])
  })

  it('one a night leaves as many as there are days, weeks and months, some of them the same', () => {
    const times = Array.from({ length: 800 }, (_, index) => at('2026-11-24T03:00') - index * DAY)
    // Two of the weeks and one of the months end within the seven days.
    expect(timesToKeep(times, { d: 7, w: 4, m: 12 }, 'Asia/Shanghai').size).toBe(7 + 2 + 11)
  })

  it('the newest of all is kept in any case, and nothing that is not there', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2e12 }), { minLength: 1 }),
        fc.record({ d: fc.nat(9), w: fc.nat(9), m: fc.nat(9) }),
        (times, keep) => {
          const chosen = timesToKeep(times, keep, 'Asia/Shanghai')
          expect(chosen.has(Math.max(...times))).toBe(true)
          for (const time of chosen) expect(times).toContain(time)
        },
      ),
    )
  })
})
