const SECOND = 1000
const MINUTE = 60_000
const HOUR = 3_600_000
export const DAY = 86_400_000
/** Milliseconds between which every local day of a zone lies, those of a clock change included. */
export const LONGEST_DAY = 2 * DAY

/** Numbers up to here are Unix seconds, larger ones milliseconds (seconds reach the year 5138). */
const MAX_UNIX_SECONDS = 1e11
const MAX_TIME = Date.UTC(9999, 11, 31)

const LOCAL = /^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?$/
const ZERO = '0'.charCodeAt(0)
const WITH_OFFSET = /^(.+[ T].+?)\s?(Z|[+-]\d\d:?\d\d)$/i

export const BARE_DATE = /^\d{4}-\d\d-\d\d$/

const formats = new Map<string, Intl.DateTimeFormat>()

function wallClockFormat(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formats.set(zone, format)
  }
  return format
}

function computeOffset(time: number, zone: string): number {
  const part: Record<string, number> = {}
  for (const { type, value } of wallClockFormat(zone).formatToParts(time)) part[type] = Number(value)
  const wall = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!)
  return wall - Math.floor(time / SECOND) * SECOND
}

/** Intl costs microseconds a call and offsets change at full quarters of an hour, so they are remembered by quarter. */
const QUARTER = HOUR / 4
const MAX_OFFSETS = 50_000
const offsets = new Map<string, Map<number, number>>()

/** Milliseconds by which the wall clock of `zone` is ahead of UTC at `time`. */
export function zoneOffset(time: number, zone: string): number {
  let known = offsets.get(zone)
  if (!known) offsets.set(zone, (known = new Map()))
  const quarter = Math.floor(time / QUARTER)
  let offset = known.get(quarter)
  if (offset === undefined) {
    if (known.size >= MAX_OFFSETS) known.clear()
    known.set(quarter, (offset = computeOffset(quarter * QUARTER, zone)))
  }
  return offset
}

/** The instant, between two whose offsets differ, at which the clock of `zone` changes. */
function findChange(from: number, to: number, zone: string): number {
  let [before, after] = [Math.floor(from / QUARTER), Math.ceil(to / QUARTER)]
  const old = zoneOffset(from, zone)
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (zoneOffset(middle * QUARTER, zone) === old) before = middle
    else after = middle
  }
  return after * QUARTER
}

/**
 * The instant at which the wall clock of `zone` shows `wall` (its time written as if it were UTC): of a repeated hour
 * the first, or the `last`; of a skipped one the change itself.
 */
export function wallToTime(wall: number, zone: string, pick: 'first' | 'last' = 'first'): number {
  // No offset reaches a day, and no clock changes twice within two.
  const [before, after] = [zoneOffset(wall - DAY, zone), zoneOffset(wall + DAY, zone)]
  if (before === after) return wall - before
  const shown = [wall - before, wall - after].filter((time) => time + zoneOffset(time, zone) === wall)
  if (shown.length === 0) return findChange(wall - DAY, wall + DAY, zone)
  return pick === 'first' ? Math.min(...shown) : Math.max(...shown)
}

/** The number that `count` digits of the text at `from` make; beyond its end they count as zeros. */
function digits(text: string, from: number, count: number): number {
  let number = 0
  for (let index = from; index < from + count; index++)
    number = number * 10 + (index < text.length ? text.charCodeAt(index) - ZERO : 0)
  return number
}

/**
 * Milliseconds of the wall clock written as UTC; `null` for text of another form or impossible dates such as 30
 * February.
 */
export function parseWall(text: string): number | null {
  if (!LOCAL.test(text)) return null
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)]
  const [hour, minute, second, millisecond] = [
    digits(text, 11, 2),
    digits(text, 14, 2),
    digits(text, 17, 2),
    digits(text, 20, 3),
  ]
  if (year < 1970 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return null
  const date = Date.UTC(year, month - 1, day)
  // What runs over the end of the month comes out with another day.
  return new Date(date).getUTCDate() === day
    ? date + hour * HOUR + minute * MINUTE + second * SECOND + millisecond
    : null
}

/**
 * A time as clients may send it (`YYYY-MM-DD HH:mm:ss` or `YYYY-MM-DD` in `zone`, ISO 8601 with offset, Unix seconds
 * or milliseconds, also as text) to milliseconds since the epoch; `null` if it is none of these or no real date.
 */
export function parseTime(value: string | number, zone: string): number | null {
  const text = typeof value === 'string' ? value.trim() : value
  if (typeof text === 'number' || /^\d{1,16}(\.\d+)?$/.test(text)) {
    const number = Number(text)
    const time = Math.floor(number < MAX_UNIX_SECONDS ? number * SECOND : number)
    return time >= 0 && time <= MAX_TIME ? time : null
  }
  const local = parseWall(text)
  if (local !== null) return wallToTime(local, zone)
  const withOffset = WITH_OFFSET.exec(text)
  if (!withOffset) return null
  const wall = parseWall(withOffset[1]!)
  const offset = parseOffset(withOffset[2]!)
  return wall === null || offset === null ? null : wall - offset
}

function parseOffset(text: string): number | null {
  if (/^z$/i.test(text)) return 0
  const hours = Number(text.slice(1, 3))
  const minutes = Number(text.slice(-2))
  if (hours > 14 || minutes > 59) return null
  return (text.startsWith('-') ? -1 : 1) * (hours * HOUR + minutes * MINUTE)
}

/** The last instant that an inclusive `end_date` covers: the day of a bare date, else the second named. */
export function parseEndTime(value: string | number, zone: string): number | null {
  const time = parseTime(value, zone)
  if (time === null) return null
  if (typeof value === 'string' && BARE_DATE.test(value.trim())) {
    return wallToTime(parseWall(value.trim())! + DAY, zone) - 1
  }
  const wall = typeof value === 'string' ? parseWall(value.trim()) : null
  const last = wall === null ? time : wallToTime(wall, zone, 'last')
  const isSkipped = wall !== null && last + zoneOffset(last, zone) !== wall
  return isSkipped ? last - 1 : Math.floor(last / SECOND) * SECOND + SECOND - 1
}

const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

/** An export writes millions of times, of few days. */
const MAX_DATES = 10_000
const dates = new Map<number, string>()

export function formatDate(day: number): string {
  let date = dates.get(day)
  if (date === undefined) {
    if (dates.size >= MAX_DATES) dates.clear()
    dates.set(day, (date = new Date(day * DAY).toISOString().slice(0, 10)))
  }
  return date
}

/** Milliseconds since the epoch to `YYYY-MM-DD HH:mm:ss` in `zone`. */
export function formatTime(time: number, zone: string): string {
  const wall = time + zoneOffset(time, zone)
  const day = Math.floor(wall / DAY)
  const second = Math.floor((wall - day * DAY) / SECOND)
  return `${formatDate(day)} ${TWO_DIGITS[Math.floor(second / 3600)]}:${TWO_DIGITS[Math.floor(second / 60) % 60]}:${TWO_DIGITS[second % 60]}`
}

/** Midnight, in `zone`, of the day that contains `time`. */
export function startOfDay(time: number, zone: string): number {
  const wall = time + zoneOffset(time, zone)
  return wallToTime(wall - (((wall % DAY) + DAY) % DAY), zone)
}

/**
 * The first and the last time, as text, that the wall clock shows between two instants. Where it is set back in
 * between, these are not the times of the instants themselves.
 */
export function wallSpan(from: number, to: number, zone: string): [first: string, last: string] {
  const texts = [from, to].map((time) => formatTime(time, zone))
  if (zoneOffset(from, zone) > zoneOffset(to, zone)) {
    const change = findChange(from, to, zone)
    texts.push(formatTime(change - 1, zone), formatTime(change, zone))
  }
  texts.sort()
  return [texts[0]!, texts.at(-1)!]
}
