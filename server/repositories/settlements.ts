import { and, asc, eq, gt, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import { settlementChanges, settlementDays, settlementDifferences } from '#drizzle/schema/settlements'
import { useStorage } from '../storage/engine.ts'
import { countChanges } from './settlement-changes.ts'
import {
  figuresOf,
  readCabinets,
  readClosedFigures,
  readClosing,
  type CabinetFigures,
  type DayFigures,
} from './settlement-closings.ts'
import { getDay, listDays, type DayRecord } from './settlement-days.ts'
import { countOpen, isOpen, readDifferences, type DifferenceRecord } from './settlement-differences.ts'
import { readFigures, type Day } from './settlement-figures.ts'

/** A day as the month shows it; a closed one with the figures that it was closed with. */
export interface DayView {
  date: string
  day: DayRecord | undefined
  figures: DayFigures
  changes: number
}

/** A day as its own page shows it. */
export interface DayDetail extends DayView {
  cabinets: CabinetFigures[]
  differences: DifferenceRecord[]
}

/** Days, newest first, each with its figures; `days` are consecutive. */
export async function viewDays(setOfBookId: number, days: Day[]): Promise<DayView[]> {
  if (days.length === 0) return []
  const dates = days.map(({ date }) => date).sort()
  const range = { first: dates[0]!, last: dates.at(-1)! }
  return useStorage().snapshot(async (db) => {
    const rows = new Map((await listDays(db, setOfBookId, range)).map((day) => [day.date, day]))
    const closed = await readClosedFigures(db, setOfBookId, range)
    const live = await readFigures(
      db,
      setOfBookId,
      days.filter(({ date }) => !closed.has(date)),
    )
    const open = await countOpen(db, setOfBookId, range)
    const changes = await countChanges(db, setOfBookId, range)
    return days.map(({ date }) => {
      const day = rows.get(date)
      const figures = closed.get(date) ?? figuresOf(day, live.get(date), open.get(date) ?? 0)
      return { date, day, figures, changes: changes.get(date) ?? 0 }
    })
  })
}

/** One day with its cabinets and differences. */
export async function viewDay(setOfBookId: number, bounds: Day): Promise<DayDetail> {
  const { date } = bounds
  const range = { first: date, last: date }
  return useStorage().snapshot(async (db) => {
    const day = await getDay(db, setOfBookId, date)
    const changes = (await countChanges(db, setOfBookId, range)).get(date) ?? 0
    const closing = await readClosing(db, setOfBookId, date)
    if (closing) return { date, day, changes, ...closing }
    const live = await readFigures(db, setOfBookId, [bounds])
    const open = (await countOpen(db, setOfBookId, range)).get(date) ?? 0
    return {
      date,
      day,
      changes,
      figures: figuresOf(day, live.get(date), open),
      cabinets: await readCabinets(db, setOfBookId, bounds, day),
      differences: await readDifferences(db, setOfBookId, date),
    }
  })
}

/** A day that needs somebody, and since when. */
interface NeedyDay {
  date: string
  count: number
  since: number
}

/** Days that are over, checked and not closed, with open differences, oldest first. */
export async function listDifferingDays(setOfBookId: number, now: number): Promise<NeedyDay[]> {
  const day = settlementDays
  const difference = settlementDifferences
  return useStorage()
    .db.select({
      date: day.date,
      count: sql`count(*)`.mapWith(Number),
      since: sql`min(${difference.foundAt})`.mapWith(Number),
    })
    .from(day)
    .innerJoin(difference, and(eq(difference.setOfBookId, day.setOfBookId), eq(difference.date, day.date)))
    .where(
      and(eq(day.setOfBookId, setOfBookId), lt(day.endAt, now), isNotNull(day.checkedAt), isNull(day.closedAt), isOpen),
    )
    .groupBy(day.date)
    .orderBy(asc(day.date))
}

/** Closed days that have changed since in a way that nobody has accepted, oldest first. */
export async function listChangedDays(setOfBookId: number): Promise<NeedyDay[]> {
  const change = settlementChanges
  return useStorage()
    .db.select({
      date: change.date,
      count: sql`count(*)`.mapWith(Number),
      since: sql`min(${change.at})`.mapWith(Number),
    })
    .from(change)
    .where(and(eq(change.setOfBookId, setOfBookId), isNull(change.acceptedAt)))
    .groupBy(change.date)
    .orderBy(asc(change.date))
}

/** Whether the day is closed; for the daily digest. */
export async function isDayClosed(setOfBookId: number, date: string): Promise<boolean> {
  const [closed] = await useStorage()
    .db.select({ date: settlementDays.date })
    .from(settlementDays)
    .where(
      and(eq(settlementDays.setOfBookId, setOfBookId), eq(settlementDays.date, date), gt(settlementDays.closedAt, 0)),
    )
  return closed !== undefined
}
