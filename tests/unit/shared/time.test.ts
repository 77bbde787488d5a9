import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, formatTime, parseEndTime, parseTime, startOfDay, zoneOffset } from '#shared/time'

const SHANGHAI = 'Asia/Shanghai'
const at = (iso: string) => Date.parse(iso)

describe('parseTime', () => {
  it.each<[string | number, string]>([
    ['2026-11-20 08:30:00', '2026-11-20T00:30:00Z'],
    ['2026-11-20 08:30', '2026-11-20T00:30:00Z'],
    ['2026-11-20T08:30:00', '2026-11-20T00:30:00Z'],
    ['2026-11-20T08:30:00.123', '2026-11-20T00:30:00.123Z'],
    [' 2026-11-20 ', '2026-11-19T16:00:00Z'],
    ['2026-11-20T08:30:00+08:00', '2026-11-20T00:30:00Z'],
    ['2026-11-20T08:30:00+0800', '2026-11-20T00:30:00Z'],
    ['2026-11-20T08:30:00Z', '2026-11-20T08:30:00Z'],
    ['2026-11-20T08:30:00.5z', '2026-11-20T08:30:00.5Z'],
    ['2026-11-20 08:30:00-09:30', '2026-11-20T18:00:00Z'],
    [1_795_134_600, '2026-11-20T00:30:00Z'],
    [1_795_134_600_123, '2026-11-20T00:30:00.123Z'],
    ['1795134600', '2026-11-20T00:30:00Z'],
    [1_795_134_600.5, '2026-11-20T00:30:00.5Z'],
    [0, '1970-01-01T00:00:00Z'],
    ['2000-02-29', '2000-02-28T16:00:00Z'],
  ])('reads %j', (value, expected) => {
    expect(parseTime(value, SHANGHAI)).toBe(at(expected))
  })

  it.each<string | number>([
    '',
    ' ',
    'now',
    '2026-11',
    '2026-1-1',
    '2026-02-30',
    '2027-02-29',
    '2100-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-01',
    '2026-01-00',
    '2026-11-20 24:00:00',
    '2026-11-20 12:60:00',
    '2026-11-20 12:00:60',
    '2026-11-20 12',
    '2026-11-20T12:00:00+15:00',
    '2026-11-20T12:00:00+08:60',
    '2026-11-20T12:00:00 CST',
    '1969-12-31',
    '20/11/2026',
    -1,
    '-1',
    Number.NaN,
    Infinity,
    1e17,
    '2026-11-20 08:30:00; DROP TABLE',
    '２０２６-11-20',
  ])('refuses %j', (value) => {
    expect(parseTime(value, SHANGHAI)).toBeNull()
  })
})

describe('a change of the clock', () => {
  const NEW_YORK = 'America/New_York'

  it.each([
    ['2026-03-08 01:59:59', '2026-03-08T06:59:59Z'],
    ['2026-03-08 03:00:00', '2026-03-08T07:00:00Z'],
    ['2026-11-01 00:59:59', '2026-11-01T04:59:59Z'],
    ['2026-11-01 02:00:00', '2026-11-01T07:00:00Z'],
    ['2026-07-01 12:00:00', '2026-07-01T16:00:00Z'],
    ['2026-12-01 12:00:00', '2026-12-01T17:00:00Z'],
  ])('is known: %s in New York is %s', (wall, utc) => {
    expect(parseTime(wall, NEW_YORK)).toBe(at(utc))
    expect(formatTime(at(utc), NEW_YORK)).toBe(wall)
  })

  it('that skips an hour gives its times a moment within an hour of it', () => {
    const time = parseTime('2026-03-08 02:30:00', NEW_YORK)!
    expect(Math.abs(time - at('2026-03-08T07:00:00Z'))).toBeLessThanOrEqual(3_600_000)
  })

  it('that repeats an hour gives its times one of the two moments', () => {
    expect([at('2026-11-01T05:30:00Z'), at('2026-11-01T06:30:00Z')]).toContain(
      parseTime('2026-11-01 01:30:00', NEW_YORK),
    )
  })

  it('makes days of 23 and 25 hours, whole', () => {
    for (const [day, hours] of [
      ['2026-03-08', 23],
      ['2026-11-01', 25],
      ['2026-06-01', 24],
    ] as const) {
      expect(parseEndTime(day, NEW_YORK)! + 1 - parseTime(day, NEW_YORK)!).toBe(hours * 3_600_000)
    }
  })

  it('is the same for half and quarter hours: Kathmandu, Adelaide, Lord Howe', () => {
    expect(parseTime('2026-11-20 05:45:00', 'Asia/Kathmandu')).toBe(at('2026-11-20T00:00:00Z'))
    expect(parseTime('2026-01-01 10:30:00', 'Australia/Adelaide')).toBe(at('2026-01-01T00:00:00Z'))
    expect(zoneOffset(at('2026-01-01T00:00:00Z'), 'Australia/Lord_Howe')).toBe(11 * 3_600_000)
    expect(zoneOffset(at('2026-07-01T00:00:00Z'), 'Australia/Lord_Howe')).toBe(10.5 * 3_600_000)
  })
})

describe('formatTime', () => {
  const instants = fc.integer({ min: DAY / 1000, max: Date.UTC(2100, 0, 1) / 1000 }).map((seconds) => seconds * 1000)

  it.each([SHANGHAI, 'UTC', 'Asia/Kathmandu', 'Asia/Tokyo'])('is read back as the same second in %s', (zone) => {
    // Shanghai itself changed its clock until 1991; an hour that comes twice cannot be told apart in text.
    fc.assert(
      fc.property(
        instants.filter((time) => time > Date.UTC(1992, 0, 1)),
        (time) => {
          expect(parseTime(formatTime(time, zone), zone)).toBe(time)
        },
      ),
    )
  })

  it.each(['America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns'])(
    'is read back as a time that looks the same in %s, where the clock changes',
    (zone) => {
      fc.assert(
        fc.property(instants, (time) => {
          const text = formatTime(time, zone)
          expect(formatTime(parseTime(text, zone)!, zone)).toBe(text)
        }),
      )
    },
  )

  it('drops what is below a second', () => {
    expect(formatTime(at('2026-11-20T00:30:00.999Z'), SHANGHAI)).toBe('2026-11-20 08:30:00')
  })
})

describe('parseEndTime', () => {
  it.each<[string | number, string]>([
    ['2026-11-20', '2026-11-20T15:59:59.999Z'],
    ['2026-11-20 08:30:00', '2026-11-20T00:30:00.999Z'],
    ['2026-11-20T08:30:00.5Z', '2026-11-20T08:30:00.999Z'],
    [1_795_134_600, '2026-11-20T00:30:00.999Z'],
  ])('covers all of %j', (value, expected) => {
    expect(parseEndTime(value, SHANGHAI)).toBe(at(expected))
  })

  it('refuses what parseTime refuses', () => {
    expect(parseEndTime('2026-02-30', SHANGHAI)).toBeNull()
  })
})

describe('startOfDay', () => {
  it("is midnight of the day in the shop's zone", () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1992, 0, 1), max: Date.UTC(2100, 0, 1) }), (time) => {
        const start = startOfDay(time, SHANGHAI)
        expect(formatTime(start, SHANGHAI)).toBe(`${formatTime(time, SHANGHAI).slice(0, 10)} 00:00:00`)
        expect(time - start).toBeLessThan(DAY)
      }),
    )
  })
})
