import { BARE_DATE, DAY, formatDate, formatTime, parseWall, wallToTime } from './time.ts'

/* Dates, `YYYY-MM-DD`: calendar days of the shop. */

/** Whether text is a real date, `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  return BARE_DATE.test(text) && parseWall(text) !== null
}

/** The day, in `zone`, that contains `time`, as `YYYY-MM-DD`. */
export function dateOfTime(time: number, zone: string): string {
  return formatTime(time, zone).slice(0, 10)
}

/** The first and the last millisecond of a date in `zone`, however many hours it has. */
export function boundsOfDate(date: string, zone: string): { from: number; to: number } {
  const wall = parseWall(date)!
  return { from: wallToTime(wall, zone), to: wallToTime(wall + DAY, zone) - 1 }
}

/** The date so many days after another. */
export function addDays(date: string, days: number): string {
  return formatDate(parseWall(date)! / DAY + days)
}

/** The date so many months after another; where that month is shorter, its last day. */
export function addMonths(date: string, months: number): string {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number]
  const lastDay = new Date(Date.UTC(year, month + months, 0)).getUTCDate()
  return formatDate(Date.UTC(year, month - 1 + months, Math.min(day, lastDay)) / DAY)
}

/** How many days lie between two dates, with both. */
export function countDays(from: string, to: string): number {
  return (parseWall(to)! - parseWall(from)!) / DAY + 1
}
