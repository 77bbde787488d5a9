import { zoneOffset } from '#shared/time'

/*
 * How long a cabinet has been quiet, measured in what it would have sold: an hour of the night weighs little, an hour
 * at noon much.
 */

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Weeks before a cabinet's last order from which its sales are estimated. */
export const WINDOW = 28 * DAY
const WEEKS = 4
/** With 7 orders expected and none come, chance explains less than one silence in a thousand. */
const SILENT_FROM = 7
/** Fewer orders say too little. */
const LEAST_ORDERS = 20
/** A cabinet without an order for this long is out of service. */
export const OUT_OF_SERVICE = 60 * DAY

const HOURS_A_WEEK = 7 * 24

/** The orders of the four weeks up to and with the last one, by the hour of the shop's week. */
export interface SalesProfile {
  lastAt: number
  orders: number
  byHour: number[]
}

/** The hour of the shop's week, 0 to 167, that holds a time. */
export function hourOfWeek(time: number, zone: string): number {
  return Math.floor((time + zoneOffset(time, zone)) / HOUR) % HOURS_A_WEEK
}

/** The begin of the next hour of the shop's clock. */
function nextHour(time: number, zone: string): number {
  const wall = time + zoneOffset(time, zone)
  return time + HOUR - (wall % HOUR)
}

export const emptyWeek = (): number[] => Array.from({ length: HOURS_A_WEEK }, () => 0)

/** Counts an order into its hour of the shop's week. */
export function addToHour(byHour: number[], time: number, zone: string) {
  byHour[hourOfWeek(time, zone)]! += 1
}

/** How many of the orders lie in each hour of the shop's week. */
export function countByHour(times: number[], zone: string): number[] {
  const byHour = emptyWeek()
  for (const time of times) addToHour(byHour, time, zone)
  return byHour
}

/**
 * What is expected to be sold from `since` to `now` where four weeks have sold `counts`: the sum over the real hours,
 * in part where only part of one has passed.
 */
export function expectedSales(counts: number[], since: number, now: number, zone: string): number {
  let expected = 0
  for (let from = since; from < now;) {
    const to = Math.min(nextHour(from, zone), now)
    expected += (counts[hourOfWeek(from, zone)]! / WEEKS) * ((to - from) / HOUR)
    from = to
  }
  return expected
}

/** The sales that a cabinet, or all together, has missed since its last order. */
export function missedSales({ byHour, lastAt }: SalesProfile, now: number, zone: string): number {
  return expectedSales(byHour, lastAt, now, zone)
}

/** Whether the cabinet has missed more than chance explains. */
export function isSilent({ orders, lastAt }: SalesProfile, missed: number, now: number): boolean {
  return orders >= LEAST_ORDERS && now - lastAt < OUT_OF_SERVICE && missed >= SILENT_FROM
}

/** `expected_missed` as it is shown. */
export const rounded = (expected: number) => Math.round(expected * 100) / 100
