import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, formatTime, parseEndTime, parseTime, startOfDay, wallSpan, zoneOffset } from '#shared/time'

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

describe('the days of a zone whose clock changes at midnight', () => {
  /** Zone, the last day before the change, and the hours of that day and the two after it. */
  const CHANGES: [zone: string, day: string, hours: [number, number, number]][] = [
    ['America/Santiago', '2026-09-05', [24, 23, 24]],
    ['America/Santiago', '2026-04-04', [25, 24, 24]],
    ['Asia/Beirut', '2026-03-28', [24, 23, 24]],
    ['Asia/Beirut', '2026-10-24', [25, 24, 24]],
    ['Africa/Cairo', '2026-04-23', [24, 23, 24]],
    ['Africa/Cairo', '2026-10-29', [25, 24, 24]],
    ['America/Havana', '2026-03-07', [24, 23, 24]],
    ['America/Havana', '2026-10-31', [24, 25, 24]],
    ['Atlantic/Azores', '2026-03-28', [24, 23, 24]],
    ['Atlantic/Azores', '2026-10-24', [24, 25, 24]],
    ['America/Nuuk', '2026-03-28', [23, 24, 24]],
    ['America/Nuuk', '2026-10-24', [25, 24, 24]],
    ['Australia/Lord_Howe', '2026-04-04', [24, 24.5, 24]],
    ['America/Asuncion', '2023-09-30', [24, 23, 24]],
  ]
  const dateOf = (day: string, later: number) => new Date(Date.parse(day) + later * DAY).toISOString().slice(0, 10)

  it.each(CHANGES)('follow each other without gap or overlap in %s at %s', (zone, day, hours) => {
    for (const [later, length] of hours.entries()) {
      const date = dateOf(day, later)
      const start = parseTime(date, zone)!
      const end = parseEndTime(date, zone)!
      expect(end + 1, `${date} ends where the next begins`).toBe(parseTime(dateOf(day, later + 1), zone))
      expect((end + 1 - start) / 3_600_000, date).toBe(length)
      expect(
        [start, end].map((time) => formatTime(time, zone).slice(0, 10)),
        'seen on the wall',
      ).toEqual([date, date])
      for (const time of [start, start + 1, start + DAY / 2, end]) expect(startOfDay(time, zone)).toBe(start)
    }
  })

  it('end a range within a repeated hour with its second run, and begin one with its first', () => {
    const wall = '2026-11-01 00:30:00'
    expect(parseTime(wall, 'America/Havana')).toBe(at('2026-11-01T04:30:00Z'))
    expect(parseEndTime(wall, 'America/Havana')).toBe(at('2026-11-01T05:30:00.999Z'))
  })

  it('bound a skipped hour at the moment of the change', () => {
    const change = at('2026-09-06T04:00:00Z')
    expect(parseTime('2026-09-06 00:30:00', 'America/Santiago')).toBe(change)
    expect(parseEndTime('2026-09-06 00:30:00', 'America/Santiago')).toBe(change - 1)
  })
})

describe('wallSpan', () => {
  it.each([
    ['2026-11-20T00:00:00Z', '2026-11-20T01:00:00Z', SHANGHAI, '2026-11-20 08:00:00', '2026-11-20 09:00:00'],
    // 23:50 before and 23:10 after the clock is set back from midnight to 23:00.
    ['2026-04-05T02:50:00Z', '2026-04-05T03:10:00Z', 'America/Santiago', '2026-04-04 23:00:00', '2026-04-04 23:59:59'],
    ['2026-04-05T02:00:00Z', '2026-04-05T05:00:00Z', 'America/Santiago', '2026-04-04 23:00:00', '2026-04-05 01:00:00'],
    ['2026-09-06T03:00:00Z', '2026-09-06T05:00:00Z', 'America/Santiago', '2026-09-05 23:00:00', '2026-09-06 02:00:00'],
  ])('of %s to %s in %s holds every time that the clock shows', (from, to, zone, first, last) => {
    expect(wallSpan(at(from), at(to), zone)).toEqual([first, last])
  })
})
