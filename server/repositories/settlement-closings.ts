import { and, between, eq, isNotNull, or } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import { settlementChanges, settlementClosings, settlementDays } from '#drizzle/schema/settlements'
import { fenToYuan } from '#shared/money'
import type { StoredSum } from '#shared/settlements'
import { useStorage, type Reader, type Tx } from '../storage/engine.ts'
import { Conflict, Refused } from '../errors.ts'
import { addAudit, type Actor } from './audit.ts'
import { readCabinetNames } from './cabinets.ts'
import { dayClosed } from './closed-days.ts'
import { leaveOutDay } from './import-claims.ts'
import { endCheck, lockDay, type CompleteCheck, type DayRecord, type RequestedCheck } from './settlement-days.ts'
import { countOpen, readDifferences, type DifferenceRecord } from './settlement-differences.ts'
import { NOTHING, readCabinetFigures, readFigures, sumOf, type Day, type Figures } from './settlement-figures.ts'

/** A day's figures; amounts in fen, times in milliseconds. `null`: no check has got through that step. */
export interface DayFigures extends Figures {
  gobox: StoredSum | null
  c8: StoredSum | null
  differences: number
}

export interface CabinetFigures extends Figures {
  devId: number
  name: string | null
  gobox: StoredSum | null
  c8: StoredSum | null
}

/** A day as it was closed. */
export interface Closing {
  figures: DayFigures
  cabinets: CabinetFigures[]
  differences: DifferenceRecord[]
}

const named = (setOfBookId: number, date: string) =>
  and(eq(settlementDays.setOfBookId, setOfBookId), eq(settlementDays.date, date))

/** The figures of a day that is not closed. */
export function figuresOf(day: DayRecord | undefined, live: Figures | undefined, differences: number): DayFigures {
  return {
    stored: live?.stored ?? NOTHING,
    refunds: live?.refunds ?? NOTHING,
    gobox: day?.gobox ? sumOf(day.gobox) : null,
    c8: day?.c8 ? sumOf(day.c8) : null,
    differences,
  }
}

/** The figures of a day that is not closed, by cabinet. */
export async function readCabinets(
  db: Reader,
  setOfBookId: number,
  bounds: Day,
  day: DayRecord | undefined,
): Promise<CabinetFigures[]> {
  const live = await readCabinetFigures(db, setOfBookId, bounds)
  const names = await readCabinetNames(setOfBookId, db)
  const { gobox = null, c8 = null } = day ?? {}
  const keys = new Set([...live.keys(), ...Object.keys(gobox ?? {}), ...Object.keys(c8 ?? {})])
  return [...keys]
    .map((key) => ({
      devId: Number(key),
      name: names.get(Number(key)) ?? null,
      stored: live.get(key)?.stored ?? NOTHING,
      refunds: live.get(key)?.refunds ?? NOTHING,
      gobox: gobox && (gobox[key] ?? NOTHING),
      c8: c8 && (c8[key] ?? NOTHING),
    }))
    .sort((a, b) => a.devId - b.devId)
}

/** What keeps a day from being closed. */
async function refuseToClose(tx: Tx, day: DayRecord, { stored, refunds }: Figures, now: number) {
  const { date, setOfBookId, beginAt, endAt } = day
  const params = { date }
  if (day.closedAt !== null) throw dayClosed(date)
  if (now <= endAt) throw new Conflict(`${date} 还没有过完，过了这一天才能日结`, { code: 'day_not_over', params })
  if (day.requestedAt !== null) throw new Conflict(`${date} 正在对账，请等它完成`, { code: 'day_checking', params })
  if (day.checkedAt === null || day.checkedAt <= endAt)
    throw new Conflict(`${date} 过完以后还没有完整对账，请先对账`, { code: 'day_unchecked', params })
  const seen = [day.seenOrders, day.seenAmount, day.seenRefundOrders, day.seenRefundAmount]
  const live = [stored.orders, stored.amount, refunds.orders, refunds.amount]
  if (seen.some((figure, index) => figure !== live[index]))
    throw new Conflict(`${date} 的订单在对账以后有变化，请重新对账`, { code: 'day_moved_on', params })
  const [moving] = await tx
    .select({ id: orders.id })
    .from(orders)
    .where(
      and(
        eq(orders.setOfBookId, setOfBookId),
        between(orders.createTime, beginAt, endAt),
        or(eq(orders.importState, 'sending'), isNotNull(orders.createUnansweredAt)),
      ),
    )
    .limit(1)
  if (moving) throw new Conflict(`${date} 还有订单正在导入 C8，请等它们有结果`, { code: 'day_importing', params })
}

const inYuan = (name: string, sum: StoredSum | null) => ({
  [`${name}_orders`]: sum?.orders ?? null,
  [`${name}_amount`]: sum && fenToYuan(sum.amount),
})

/** The figures as the audit keeps them. */
const forAudit = ({ gobox, stored, c8, refunds, differences }: DayFigures) => ({
  ...inYuan('gobox', gobox),
  ...inYuan('stored', stored),
  ...inYuan('c8', c8),
  ...inYuan('refunds', refunds),
  differences,
})

async function freeze(tx: Tx, bounds: Day, day: DayRecord, live: Figures): Promise<Closing> {
  const { setOfBookId, date } = day
  const open = await countOpen(tx, setOfBookId, { first: date, last: date })
  const closing = {
    figures: figuresOf(day, live, open.get(date) ?? 0),
    cabinets: await readCabinets(tx, setOfBookId, bounds, day),
    differences: await readDifferences(tx, setOfBookId, date),
  }
  return closing
}

async function closeWithin(tx: Tx, bounds: Day, note: string | undefined, by: Actor, now: number): Promise<void> {
  const { date } = bounds
  const setOfBookId = by.setOfBookId!
  const day = await lockDay(tx, setOfBookId, bounds)
  const figures = await readFigures(tx, setOfBookId, [bounds])
  const live = figures.get(date) ?? { stored: NOTHING, refunds: NOTHING }
  await refuseToClose(tx, day, live, now)
  const closing = await freeze(tx, bounds, day, live)
  const { differences } = closing.figures
  if (differences > 0 && note === undefined)
    throw new Refused(`${date} 还有 ${differences} 条差异没有处理，日结需要写明原因`, {
      code: 'day_needs_note',
      params: { date, count: differences },
    })
  await leaveOutDay(tx, setOfBookId, bounds)
  await tx.insert(settlementClosings).values({
    setOfBookId,
    date,
    figures: closing.figures as unknown as Record<string, unknown>,
    cabinets: closing.cabinets,
    differences: closing.differences,
  })
  await tx
    .update(settlementDays)
    .set({ closedAt: now, closedUser: by.user, note: note ?? null })
    .where(named(setOfBookId, date))
  await addAudit(tx, by, 'day_closed', {
    name: date,
    after: { ...forAudit(closing.figures), ...(note === undefined ? {} : { note }) },
  })
}

/** Closes a day of the actor's account set. Throws Conflict, and Refused where open differences are to be explained. */
export async function closeDay(bounds: Day, note: string | undefined, by: Actor, now: number): Promise<void> {
  await useStorage().write(async (tx) => {
    await useStorage().lockDays(tx, by.setOfBookId!, 'alone')
    await closeWithin(tx, bounds, note, by, now)
  })
}

/** Ends a complete check, and closes the day at once for `closer`, if there is one, where nothing stands against it. */
export async function completeCheck(
  check: RequestedCheck,
  result: CompleteCheck,
  closer: Actor | undefined,
  now: number,
): Promise<void> {
  await useStorage().write(async (tx) => {
    await useStorage().lockDays(tx, check.setOfBookId, closer ? 'alone' : 'shared')
    if (!(await endCheck(tx, check, result, now)) || !closer) return
    const { date, from, to } = check
    await closeWithin(tx, { date, from, to }, undefined, closer, now).catch((error: unknown) => {
      // The day is not over, has moved on or has open differences: nothing is written then.
      if (!(error instanceof Conflict || error instanceof Refused)) throw error
    })
  })
}

/** Opens a closed day again; its changes, and how it was closed, are forgotten. Throws Conflict. */
export async function reopenDay(setOfBookId: number, date: string, note: string, by: Actor): Promise<void> {
  await useStorage().write(async (tx) => {
    await useStorage().lockDays(tx, setOfBookId, 'alone')
    const [day] = await tx.select().from(settlementDays).where(named(setOfBookId, date))
    if (day?.closedAt == null)
      throw new Conflict(`${date} 没有日结，不需要反日结`, { code: 'day_not_closed', params: { date } })
    const own = and(eq(settlementClosings.setOfBookId, setOfBookId), eq(settlementClosings.date, date))
    const [closing] = await tx.select({ figures: settlementClosings.figures }).from(settlementClosings).where(own)
    await tx.delete(settlementClosings).where(own)
    await tx
      .delete(settlementChanges)
      .where(and(eq(settlementChanges.setOfBookId, setOfBookId), eq(settlementChanges.date, date)))
    await tx
      .update(settlementDays)
      .set({ closedAt: null, closedUser: null, note: null })
      .where(named(setOfBookId, date))
    await addAudit(tx, by, 'day_reopened', {
      name: date,
      before: forAudit(closing!.figures as unknown as DayFigures),
      after: { note },
    })
  })
}

/** The figures of the closed days of a stretch, as they were closed. */
export async function readClosedFigures(
  db: Reader,
  setOfBookId: number,
  { first, last }: { first: string; last: string },
): Promise<Map<string, DayFigures>> {
  const rows = await db
    .select({ date: settlementClosings.date, figures: settlementClosings.figures })
    .from(settlementClosings)
    .where(and(eq(settlementClosings.setOfBookId, setOfBookId), between(settlementClosings.date, first, last)))
  return new Map(rows.map(({ date, figures }) => [date, figures as unknown as DayFigures]))
}

/** A closed day as it was closed. */
export async function readClosing(db: Reader, setOfBookId: number, date: string): Promise<Closing | undefined> {
  const [row] = await db
    .select()
    .from(settlementClosings)
    .where(and(eq(settlementClosings.setOfBookId, setOfBookId), eq(settlementClosings.date, date)))
  return row as unknown as Closing | undefined
}
