import { boundsOfDate } from '#shared/dates'
import { fenToYuan } from '#shared/money'
import { PAID, PAID_BACK } from '#shared/order-status'
import type { ReportKind } from '#shared/report-kinds'
import type { Report, ReportCompared, ReportFigures, ReportRow, ReportStretch } from '#shared/reports'
import type { FigureFilter } from '#shared/summary'
import { readCabinetNames } from '../repositories/cabinets.ts'
import type { Span } from '../repositories/order-filter.ts'
import {
  noSold,
  readQuarters,
  sumCabinets,
  sumSpans,
  type Earned,
  type SoldSums,
  type SpanSums,
} from '../repositories/reports.ts'
import { sumByGoods, type GoodsSum } from '../repositories/summary.ts'
import { nextTurn } from '../turns.ts'
import { counterparts, cutDates, daysBefore, yearBefore, type Comparison, type Dates } from './report-days.ts'
import { emptyWeek, hourOfWeek } from './silence.ts'

/** Whose report, of which days, where. */
interface Asked {
  setOfBookId: number
  zone: string
  dates: Dates
}

type Told = 'sales' | 'mean_order' | 'refunds' | 'margin' | 'margin_percent' | 'amount_without_cost'
const NO_MARGIN = { margin: null, margin_percent: null, amount_without_cost: null }

function marginOf({ amount, cost, uncosted }: Earned): Pick<ReportFigures, keyof typeof NO_MARGIN> {
  const known = amount - uncosted
  return {
    margin: fenToYuan(known - cost),
    margin_percent: known === 0 ? null : Math.round(((known - cost) / known) * 1000) / 10,
    amount_without_cost: fenToYuan(uncosted),
  }
}

/** Without a margin, of which only days and products are known. */
function soldFigures({ sales, refunds }: SoldSums, filter: FigureFilter | null): Pick<ReportFigures, Told> {
  const figure = ({ orders, amount }: typeof sales, status: typeof PAID | typeof PAID_BACK) => ({
    orders,
    amount: fenToYuan(amount),
    filter: filter && { ...filter, status },
  })
  return {
    sales: figure(sales, PAID),
    mean_order: sales.orders === 0 ? null : fenToYuan(Math.round(sales.amount / sales.orders)),
    refunds: figure(refunds, PAID_BACK),
    ...NO_MARGIN,
  }
}

const filterOf = ({ from, to }: Dates): FigureFilter => ({ start_date: from, end_date: to })
const figuresOf = (sums: SpanSums, dates: Dates) => ({ ...soldFigures(sums, filterOf(dates)), ...marginOf(sums) })
const spanOf = ({ from, to }: Dates, zone: string): Span => ({
  from: boundsOfDate(from, zone).from,
  to: boundsOfDate(to, zone).to,
})

/** The total of each stretch; `undefined` if there is none. */
async function sumDates({ setOfBookId, zone }: Asked, parts: (Dates | null)[]): Promise<(SpanSums | undefined)[]> {
  const known = parts.filter((part) => part !== null)
  const sums = await sumSpans(
    setOfBookId,
    known.map((dates) => spanOf(dates, zone)),
  )
  return parts.map((part) => (part ? sums[known.indexOf(part)] : undefined))
}

/** All together. */
function addUp(parts: (SpanSums | undefined)[]): SpanSums {
  const sum: SpanSums = { ...noSold(), amount: 0, cost: 0, uncosted: 0 }
  for (const part of parts) {
    if (!part) continue
    for (const kind of ['sales', 'refunds'] as const) {
      sum[kind].orders += part[kind].orders
      sum[kind].amount += part[kind].amount
    }
    for (const field of ['amount', 'cost', 'uncosted'] as const) sum[field] += part[field]
  }
  return sum
}

const stretchOf = ({ from, to }: Dates, sums: SpanSums): ReportStretch => ({
  from,
  to,
  ...figuresOf(sums, { from, to }),
})
const comparedOf = (sums: SoldSums): ReportCompared => ({
  orders: sums.sales.orders,
  amount: fenToYuan(sums.sales.amount),
})

/** By days, weeks or months; the stretches add up to the whole. */
async function reportTime(by: 'day' | 'week' | 'month', asked: Asked, others: Comparison[]) {
  const parts = cutDates(by, asked.dates)
  const own = await sumDates(asked, parts)
  const compared: (SpanSums | undefined)[][] = []
  for (const other of others) compared.push(await sumDates(asked, counterparts(parts, other)))
  const [before, year] = compared.map((sums) => sums.map((sum) => (sum ? comparedOf(sum) : null)))
  return {
    totals: [own, ...compared].map(addUp),
    rows: parts.map((dates, index): ReportRow => ({
      key: dates.from,
      to: dates.to,
      name: null,
      quantity: null,
      ...figuresOf(own[index]!, dates),
      before: before![index]!,
      year_before: year![index]!,
    })),
  }
}

/** What is told apart by something other than time, of one range: figures by key. */
type Keyed = Map<string, Omit<ReportRow, 'key' | 'to' | 'before' | 'year_before'>>

async function keyCabinets({ setOfBookId, zone, dates }: Asked): Promise<Keyed> {
  const names = await readCabinetNames(setOfBookId)
  const cabinets = await sumCabinets(setOfBookId, spanOf(dates, zone))
  return new Map(
    [...cabinets].map(([key, sums]) => {
      const filter = { ...filterOf(dates), dev_id: Number(key) }
      return [key, { name: names.get(Number(key)) ?? null, quantity: null, ...soldFigures(sums, filter) }]
    }),
  )
}

function productFigures({ name, quantity, ...product }: GoodsSum, dates: Dates) {
  const filter: FigureFilter = { ...filterOf(dates), status: PAID, barcode: product.barcode }
  return {
    name,
    quantity,
    sales: { orders: null, amount: fenToYuan(product.amount), filter },
    mean_order: null,
    refunds: null,
    ...marginOf(product),
  }
}

async function keyProducts({ setOfBookId, zone, dates }: Asked): Promise<Keyed> {
  const goods = await sumByGoods(setOfBookId, spanOf(dates, zone))
  return new Map(goods.map((product) => [product.barcode, productFigures(product, dates)]))
}

/** From `hourOfWeek`, whose week begins on Thursday, to people's. */
const FROM_MONDAY = 3 * 24

async function keyHours({ setOfBookId, zone, dates }: Asked): Promise<Keyed> {
  const week = emptyWeek().map(noSold)
  for await (const quarters of readQuarters(setOfBookId, spanOf(dates, zone)))
    for (const { at, status, orders, amount } of quarters) {
      const hour = week[(hourOfWeek(at, zone) + FROM_MONDAY) % week.length]!
      const sum = status === PAID ? hour.sales : hour.refunds
      sum.orders += orders
      sum.amount += amount
    }
  return new Map(week.map((sums, hour) => [String(hour), { name: null, quantity: null, ...soldFigures(sums, null) }]))
}

const KEYED = { cabinet: keyCabinets, product: keyProducts, hour: keyHours }

/** By hours, cabinets or products: those of the range, and those of the period before that have sold nothing since. */
async function reportKeyed(by: keyof typeof KEYED, asked: Asked, others: Comparison[]) {
  const totals: SpanSums[] = []
  const found: Keyed[] = []
  for (const dates of [asked.dates, ...others]) {
    totals.push(addUp(await sumDates(asked, [dates])))
    found.push(await KEYED[by]({ ...asked, dates }))
    await nextTurn()
  }
  const [own, before, year] = found as [Keyed, Keyed, Keyed]
  const compared = (table: Keyed, key: string): ReportCompared => {
    const { orders = by === 'product' ? null : 0, amount = 0 } = table.get(key)?.sales ?? {}
    return { orders, amount }
  }
  const none = (key: string) =>
    by === 'product'
      ? productFigures(
          { barcode: key, name: before.get(key)!.name!, quantity: 0, amount: 0, cost: 0, uncosted: 0 },
          asked.dates,
        )
      : { ...before.get(key)!, ...soldFigures(noSold(), { ...filterOf(asked.dates), dev_id: Number(key) }) }
  const rows = [...new Set([...own.keys(), ...before.keys()])].map((key): ReportRow => ({
    key,
    to: null,
    ...(own.get(key) ?? none(key)),
    before: compared(before, key),
    year_before: compared(year, key),
  }))
  return { totals, rows: by === 'hour' ? rows : rows.sort((a, b) => b.sales.amount - a.sales.amount) }
}

/**
 * What was sold in a range, against the period before and the year before. Yields to other work between its parts; of
 * the rows `limit` are shown.
 */
export async function report(by: ReportKind, asked: Asked, limit = Infinity): Promise<Report> {
  const others = [daysBefore(asked.dates), yearBefore(asked.dates)]
  const { totals, rows } =
    by === 'hour' || by === 'cabinet' || by === 'product'
      ? await reportKeyed(by, asked, others)
      : await reportTime(by, asked, others)
  const [total, before, year] = [asked.dates, ...others].map((dates, index) => stretchOf(dates, totals[index]!))
  return {
    by,
    total: total!,
    before: before!,
    year_before: year!,
    rows: rows.slice(0, limit),
    left_out: Math.max(0, rows.length - limit),
  }
}
