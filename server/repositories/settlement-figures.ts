import { and, between, count, eq, gt, inArray, sum, type Column } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import type { CabinetSums, StoredSum } from '#shared/settlements'
import { beginOfDay, cabinetTotals, dayOf, dayTotals } from '#drizzle/totals'
import { PAID, REFUND_STATUSES, type OrderStatus } from '#shared/order-status'
import type { Reader } from '../storage/engine.ts'

/** A calendar day of the shop: its first and last millisecond. */
export interface Day {
  date: string
  from: number
  to: number
}

/** What is stored of a day: paid orders, and those whose money goes or went back. */
export interface Figures {
  stored: StoredSum
  refunds: StoredSum
}

export const NOTHING: StoredSum = { orders: 0, amount: 0 }

export const plus = (a: StoredSum, b: StoredSum): StoredSum => ({
  orders: a.orders + b.orders,
  amount: a.amount + b.amount,
})

/** The sum over all cabinets. */
export const sumOf = (cabinets: CabinetSums): StoredSum => Object.values(cabinets).reduce(plus, NOTHING)

const COUNTED = [PAID, ...REFUND_STATUSES]

function addTo(table: Map<string, Figures>, key: string, status: OrderStatus, part: StoredSum) {
  const figures = table.get(key) ?? { stored: NOTHING, refunds: NOTHING }
  const column = status === PAID ? 'stored' : 'refunds'
  table.set(key, { ...figures, [column]: plus(figures[column], part) })
}

const total = (column: Column) => sum(column).mapWith(Number)

/** The day of the totals that is this day, `undefined` where the shop's days begin at another time. */
function totalsDay({ from, to }: Day): number | undefined {
  const day = dayOf(from)
  return from === beginOfDay(day) && to === beginOfDay(day + 1) - 1 ? day : undefined
}

/** What is stored of each of the days, newest or oldest first; days without orders are missing. */
export async function readFigures(db: Reader, setOfBookId: number, days: Day[]): Promise<Map<string, Figures>> {
  const table = new Map<string, Figures>()
  const whole = new Map(days.map((day) => [totalsDay(day), day.date]))
  const numbers = [...whole.keys()].filter((day) => day !== undefined)
  if (numbers.length > 0) {
    const rows = await db
      .select({
        day: dayTotals.day,
        status: dayTotals.status,
        orders: total(dayTotals.orders),
        amount: total(dayTotals.amount),
      })
      .from(dayTotals)
      .where(
        and(
          eq(dayTotals.setOfBookId, setOfBookId),
          between(dayTotals.day, Math.min(...numbers), Math.max(...numbers)),
          inArray(dayTotals.status, COUNTED),
        ),
      )
      .groupBy(dayTotals.day, dayTotals.status)
      .having(gt(sum(dayTotals.orders), 0))
    for (const { day, status, ...part } of rows) {
      const date = whole.get(day)
      if (date !== undefined) addTo(table, date, status, part)
    }
  }
  for (const day of days.filter((day) => totalsDay(day) === undefined)) {
    const rows = await db
      .select({ status: orders.status, orders: count(), amount: total(orders.totalAmount) })
      .from(orders)
      .where(ofDay(setOfBookId, day))
      .groupBy(orders.status)
    for (const { status, ...part } of rows) addTo(table, day.date, status, part)
  }
  return table
}

const ofDay = (setOfBookId: number, { from, to }: Day) =>
  and(eq(orders.setOfBookId, setOfBookId), between(orders.createTime, from, to), inArray(orders.status, COUNTED))

/** What is stored of a day, by cabinet. */
export async function readCabinetFigures(db: Reader, setOfBookId: number, day: Day): Promise<Map<string, Figures>> {
  const number = totalsDay(day)
  const rows =
    number === undefined
      ? await db
          .select({ devId: orders.devId, status: orders.status, orders: count(), amount: total(orders.totalAmount) })
          .from(orders)
          .where(ofDay(setOfBookId, day))
          .groupBy(orders.devId, orders.status)
      : await db
          .select({
            devId: cabinetTotals.devId,
            status: cabinetTotals.status,
            orders: total(cabinetTotals.orders),
            amount: total(cabinetTotals.amount),
          })
          .from(cabinetTotals)
          .where(
            and(
              eq(cabinetTotals.setOfBookId, setOfBookId),
              eq(cabinetTotals.day, number),
              inArray(cabinetTotals.status, COUNTED),
            ),
          )
          .groupBy(cabinetTotals.devId, cabinetTotals.status)
          .having(gt(sum(cabinetTotals.orders), 0))
  const table = new Map<string, Figures>()
  for (const { devId, status, ...part } of rows) addTo(table, String(devId), status, part)
  return table
}
