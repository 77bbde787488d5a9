import { fenToYuan } from '#shared/money'
import { PAID, PAID_BACK, type OrderStatus } from '#shared/order-status'
import type { OrderFilter } from '#shared/orders'
import type { BestSeller, Figure, FigureFilter, SalesFigures, Summary, SummaryPeriod } from '#shared/summary'
import { SUMMARY_DAYS } from '#shared/summary'
import { DAY, formatTime, startOfDay } from '#shared/time'
import { sumNeedy } from '../repositories/attention-facts.ts'
import { listUnconfiguredCabinets, readCabinetNames } from '../repositories/cabinets.ts'
import type { Span } from '../repositories/order-filter.ts'
import { findWindows } from '../repositories/order-totals.ts'
import {
  readLastContacts,
  sumByCabinet,
  sumByGoods,
  sumByStatus,
  type GoodsSum,
  type Sum,
} from '../repositories/summary.ts'
import { nextTurn } from '../turns.ts'

const BEST_SELLERS = 10
const PERIODS = SUMMARY_DAYS.map(Number)

interface Day extends Span {
  date: string
  sums: Map<OrderStatus, Sum>
}

const noon = DAY / 2

/** The last `count` days of the shop, oldest first; asked for at noon, so that a change of the clock moves no day. */
function lastDays(now: number, count: number, zone: string): Span[] {
  const today = startOfDay(now, zone)
  return Array.from({ length: count }, (_, index) => {
    const from = startOfDay(today + noon - (count - 1 - index) * DAY, zone)
    return { from, to: startOfDay(from + noon + DAY, zone) - 1 }
  })
}

/** All together. */
export function total(sums: Iterable<Sum>): Sum {
  let orders = 0
  let amount = 0
  for (const sum of sums) {
    orders += sum.orders
    amount += sum.amount
  }
  return { orders, amount }
}

function figure({ orders, amount }: Sum, filter: FigureFilter): Figure {
  return { orders, amount: fenToYuan(amount), filter }
}

function datesOf(days: Day[]) {
  return { start_date: days[0]!.date, end_date: days.at(-1)!.date }
}

function salesFigures(days: Day[]): SalesFigures {
  const dates = datesOf(days)
  const ofStatus = (status: OrderStatus) =>
    figure(total(days.flatMap(({ sums }) => sums.get(status) ?? [])), { ...dates, status })
  return {
    all: figure(total(days.flatMap(({ sums }) => [...sums.values()])), dates),
    sales: ofStatus(PAID),
    refunds: ofStatus(PAID_BACK),
  }
}

/** What is earned, in yuan, on the goods whose cost is known. */
export function marginOf(goods: GoodsSum[]) {
  const sum = (field: 'amount' | 'cost' | 'uncosted') => goods.reduce((total, product) => total + product[field], 0)
  return {
    cost: fenToYuan(sum('cost')),
    margin: fenToYuan(sum('amount') - sum('uncosted') - sum('cost')),
    amount_without_cost: fenToYuan(sum('uncosted')),
  }
}

function periodOf(days: Day[], goods: GoodsSum[], { orders, amount }: Sum): SummaryPeriod {
  const before = { orders, amount: fenToYuan(amount) }
  return { days: days.length, ...salesFigures(days), before, ...marginOf(goods) }
}

/** What was sold in as many days before, up to the time of the day that it is now. */
async function soldBefore(setOfBookId: number, { from }: Span, days: number, now: number, zone: string): Promise<Sum> {
  const span = { from: startOfDay(from + noon - days * DAY, zone), to: now - days * DAY }
  return (await sumByStatus(setOfBookId, span)).get(PAID) ?? { orders: 0, amount: 0 }
}

function bestSeller({ barcode, name, quantity, amount, cost, uncosted }: GoodsSum, dates: FigureFilter): BestSeller {
  return {
    barcode,
    name,
    quantity,
    amount: fenToYuan(amount),
    cost: fenToYuan(cost),
    amount_without_cost: fenToYuan(uncosted),
    filter: { ...dates, status: PAID, barcode },
  }
}

/** What waits for somebody, of all time. */
export async function waitingOf(setOfBookId: number, now: number): Promise<Summary['waiting']> {
  const find = async (filter: OrderFilter) => {
    await nextTurn()
    return total(await findWindows(setOfBookId, filter))
  }
  const unconfigured = await listUnconfiguredCabinets(setOfBookId)
  // All less those that cannot be imported: a few cabinets are read in place of all.
  const idle = await find({ status: PAID, import_state: ['idle'] })
  const stuck = total(unconfigured.map((cabinet) => cabinet.idle))
  const importable = { orders: idle.orders - stuck.orders, amount: idle.amount - stuck.amount }
  return {
    importable: figure(importable, { status: PAID, import_state: 'idle', unconfigured: 0 }),
    failed: figure(await find({ import_state: ['failed'] }), { import_state: 'failed' }),
    refund_unhandled: figure(await sumNeedy(setOfBookId, 'refund_unhandled', now), { refund_handled: 0 }),
    refund_overdue: figure(await sumNeedy(setOfBookId, 'refund_overdue', now), { refund_overdue: 1 }),
    unconfigured: { ...figure(total(unconfigured), { unconfigured: 1 }), cabinets: unconfigured.length },
  }
}

/**
 * The overview: today, 7 and 30 days, the details of the last `count` days, and what waits. Every figure names the
 * filter that finds its orders. Yields to other work between its parts, which take some milliseconds each.
 */
export async function summarize(setOfBookId: number, count: number, now: number, zone: string): Promise<Summary> {
  const month: Day[] = []
  for (const span of lastDays(now, Math.max(...PERIODS), zone)) {
    month.push({ ...span, date: formatTime(span.from, zone).slice(0, 10), sums: await sumByStatus(setOfBookId, span) })
    if (month.length % 10 === 0) await nextTurn()
  }
  const span = (days: number): Span => ({ from: month.at(-days)!.from, to: month.at(-1)!.to })
  const goods = new Map<number, GoodsSum[]>()
  const before = new Map<number, Sum>()
  for (const days of PERIODS) {
    goods.set(days, await sumByGoods(setOfBookId, span(days)))
    before.set(days, await soldBefore(setOfBookId, span(days), days, now, zone))
    await nextTurn()
  }
  const names = await readCabinetNames(setOfBookId)
  const contacts = await readLastContacts(setOfBookId)
  const time = (at: number | null) => (at === null ? null : formatTime(at, zone))
  const shown = month.slice(-count)
  const dates = datesOf(shown)
  return {
    periods: PERIODS.map((days) => periodOf(month.slice(-days), goods.get(days)!, before.get(days)!)),
    days: count,
    by_day: shown.map((day) => ({ date: day.date, ...salesFigures([day]) })),
    by_cabinet: [...(await sumByCabinet(setOfBookId, span(count)))]
      .sort(([, a], [, b]) => b.amount - a.amount)
      .map(([devId, sum]) => ({
        dev_id: devId,
        name: names.get(devId) ?? null,
        ...figure(sum, { ...dates, status: PAID, dev_id: devId }),
      })),
    best_sellers: goods
      .get(count)!
      .slice(0, BEST_SELLERS)
      .map((product) => bestSeller(product, dates)),
    waiting: await waitingOf(setOfBookId, now),
    last_webhook_at: time(contacts.webhook),
    last_download_at: time(contacts.download),
  }
}
