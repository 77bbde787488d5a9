import { beforeAll, describe, expect, it } from 'vitest'
import type { orders } from '#drizzle/schema/orders'
import { countGoods } from '#server/repositories/order-totals'
import { queryOrders } from '#server/repositories/order-queries'
import { report } from '#server/services/report'
import { addDays, dateOfTime } from '#shared/dates'
import { orderQuerySchema, type OrderLine } from '#shared/orders'
import type { ReportKind } from '#shared/report-kinds'
import type { ReportFigures, ReportRow } from '#shared/reports'
import type { FigureFilter } from '#shared/summary'
import { formatTime } from '#shared/time'
import { randomFrom } from '../../../../sandbox/shop.ts'
import { addDevice, addOrders, useTestStorage } from '../with-storage.ts'

type Row = typeof orders.$inferSelect

const context = useTestStorage()
const end = Date.parse('2026-11-10T15:30:00+08:00')
const hour = 3_600_000
const random = randomFrom(11)
const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)]!
let all: Row[]
let last: Row[]

const someLines = (): OrderLine[] =>
  Array.from({ length: 1 + Math.floor(random() * 3) }, () => ({
    barcode: pick(['1', '2', '3']),
    name: '水',
    num: pick([1, 2, 0.5]),
    amount: pick([100, 251]),
    ...(random() < 0.8 ? { cost: 70 } : {}),
  }))

beforeAll(async () => {
  const { storage, own, neighbour } = context
  const someOrders = (length: number, days: number) =>
    Array.from({ length }, (_, index) => ({
      setOfBookId: index % 10 === 0 ? neighbour : own,
      devId: pick([1, 2, 3]),
      status: pick([100, 100, 100, 101, 102, 103] as const),
      createTime: end - Math.floor(random() * days * 24 * 4) * (hour / 4),
      products: someLines(),
    }))
  await addDevice(storage, own, 1, '一号柜')
  // The goods of both must be known: the orders that are counted, and those that have come since.
  all = await addOrders(storage, someOrders(700, 500))
  await countGoods()
  all.push(...(await addOrders(storage, someOrders(500, 120))))
  all = all.filter((row) => row.setOfBookId === own)
  last = all.filter((row) => row.createTime > end - 60 * 24 * hour)
})

/** What orders come to, counted one by one. */
function countFigures(rows: Row[]) {
  const of = (status: number) => {
    const own = rows.filter((row) => row.status === status)
    return { orders: own.length, fen: own.reduce((sum, row) => sum + row.totalAmount, 0) }
  }
  const shown = ({ orders: number, fen }: { orders: number; fen: number }) => ({ orders: number, amount: fen / 100 })
  const lines = rows.filter(({ status }) => status === 100).flatMap(({ products }) => products)
  const known = lines.filter(({ cost }) => cost !== undefined)
  const sum = (some: OrderLine[], field: 'amount' | 'cost') => some.reduce((total, line) => total + line[field]!, 0)
  const margin = sum(known, 'amount') - sum(known, 'cost')
  const sales = of(100)
  return {
    sales: shown(sales),
    refunds: shown(of(103)),
    mean_order: sales.orders ? Math.round(sales.fen / sales.orders) / 100 : null,
    margin: margin / 100,
    margin_percent: known.length > 0 ? Math.round((margin / sum(known, 'amount')) * 1000) / 10 : null,
    amount_without_cost: (sum(lines, 'amount') - sum(known, 'amount')) / 100,
  }
}

const within = (rows: Row[], zone: string, from: string, to: string) =>
  rows.filter(({ createTime }) => {
    const date = dateOfTime(createTime, zone)
    return date >= from && date <= to
  })
const asked = (zone: string, from: string, to: string) => ({ setOfBookId: context.own, zone, dates: { from, to } })

/** The figure's link leads to exactly its orders. */
async function expectFollowed(filter: FigureFilter | null, { orders, amount }: ReportFigures['sales'], zone: string) {
  const found = await queryOrders(context.own, orderQuerySchema(zone).parse(filter))
  expect({ orders, amount }, JSON.stringify(filter)).toEqual({ orders: found.total, amount: found.amount / 100 })
}

const RANGES = [
  ['2026-10-01', '2026-11-10', '2026-08-21', '2026-09-30', '2025-10-01', '2025-11-10'],
  ['2026-10-01', '2026-10-31', '2026-09-01', '2026-09-30', '2025-10-01', '2025-10-31'],
  ['2026-07-01', '2026-09-30', '2026-04-01', '2026-06-30', '2025-07-01', '2025-09-30'],
  ['2026-11-10', '2026-11-10', '2026-11-09', '2026-11-09', '2025-11-10', '2025-11-10'],
] as const

describe.each(['Asia/Shanghai', 'Europe/Berlin', 'Asia/Kathmandu'])('a report in %s', (zone) => {
  it.each(RANGES)('of %s to %s comes to what its orders do, against both other ranges', async (...range) => {
    const [from, to, ...others] = range
    for (const by of ['day', 'week', 'month', 'hour', 'cabinet', 'product'] as const) {
      const { total, before, year_before: year, rows } = await report(by, asked(zone, from, to))
      for (const [stretch, first, end] of [
        [total, from, to],
        [before, others[0], others[1]],
        [year, others[2], others[3]],
      ] as const) {
        expect(stretch).toMatchObject({ from: first, to: end, ...countFigures(within(all, zone, first, end)) })
        await expectFollowed(stretch.sales.filter, stretch.sales, zone)
        await expectFollowed(stretch.refunds!.filter, stretch.refunds!, zone)
      }
      const sum = (amount: (row: ReportRow) => number) =>
        rows.reduce((fen, row) => fen + Math.round(amount(row) * 100), 0)
      const hasLines = by !== 'product'
      if (hasLines) expect(sum((row) => row.sales.amount)).toBe(Math.round(total.sales.amount * 100))
      if (by !== 'cabinet' && by !== 'product')
        expect(sum((row) => row.before?.amount ?? 0)).toBe(Math.round(before.sales.amount * 100))
    }
  })

  it.each(['day', 'week', 'month'] as const)('by %s tells what each stretch came to', async (by) => {
    const { rows } = await report(by, asked(zone, '2026-09-03', '2026-11-10'))
    expect(rows).toHaveLength({ day: 69, week: 11, month: 3 }[by])
    for (const [index, row] of rows.entries()) {
      expect(row).toMatchObject(countFigures(within(all, zone, row.key, row.to!)))
      if (index > 0) expect(row.key).toBe(addDays(rows[index - 1]!.to!, 1))
      await expectFollowed(row.sales.filter, row.sales, zone)
    }
    if (by === 'week') for (const { key } of rows.slice(1)) expect(new Date(key).getUTCDay()).toBe(1)
  })

  it('by hour of the week tells when orders came, Monday first', async () => {
    const { rows } = await report('hour', asked(zone, '2026-09-20', '2026-11-10'))
    const own = within(last, zone, '2026-09-20', '2026-11-10')
    const ofHour = Map.groupBy(own, ({ createTime }) => {
      const [date, time] = formatTime(createTime, zone).split(' ') as [string, string]
      return ((new Date(date).getUTCDay() + 6) % 7) * 24 + Number(time.slice(0, 2))
    })
    expect(rows).toHaveLength(168)
    for (const [at, row] of rows.entries()) {
      const { sales, refunds } = countFigures(ofHour.get(at) ?? [])
      expect(row).toMatchObject({ key: String(at), sales: { ...sales, filter: null }, refunds, margin: null })
    }
  })

  it('by cabinet tells what each sold, the largest amount first', async () => {
    const { rows } = await report('cabinet', asked(zone, '2026-09-03', '2026-11-10'))
    expect(rows.map(({ key, name }) => `${key} ${name}`).toSorted()).toEqual(['1 一号柜', '2 null', '3 null'])
    for (const row of rows) {
      const own = all.filter(({ devId }) => String(devId) === row.key)
      const { sales, refunds } = countFigures(within(own, zone, '2026-09-03', '2026-11-10'))
      expect(row).toMatchObject({ sales, refunds, margin: null })
      expect(row.before).toEqual(countFigures(within(own, zone, '2026-06-26', '2026-09-02')).sales)
      await expectFollowed(row.sales.filter, row.sales, zone)
    }
    const amounts = rows.map(({ sales }) => sales.amount)
    expect(amounts).toEqual(amounts.toSorted((a, b) => b - a))
  })

  it('by product tells what its lines came to and which orders have them', async () => {
    const { rows } = await report('product', asked(zone, '2026-09-03', '2026-11-10'))
    expect(rows).toHaveLength(3)
    for (const row of rows) {
      const own = within(all, zone, '2026-09-03', '2026-11-10').filter(({ status }) => status === 100)
      const lines = own.flatMap(({ products }) => products).filter(({ barcode }) => barcode === row.key)
      const amount = lines.reduce((sum, line) => sum + line.amount, 0) / 100
      const quantity = lines.reduce((sum, { num }) => sum + num, 0)
      expect(row).toMatchObject({ quantity, sales: { orders: null, amount }, refunds: null })
      const found = await queryOrders(context.own, orderQuerySchema(zone).parse(row.sales.filter))
      expect(found.total).toBe(own.filter(({ products }) => products.some((line) => line.barcode === row.key)).length)
    }
  })
})

it('compares no day twice: 31 October has none in September', async () => {
  const { rows } = await report('day', asked('Asia/Shanghai', '2026-10-01', '2026-10-31'))
  expect(rows.at(-1)).toMatchObject({ key: '2026-10-31', before: null, year_before: { orders: expect.any(Number) } })
})

it('names what sold before and has sold nothing since', async () => {
  const zone = 'Asia/Shanghai'
  const gone = { setOfBookId: context.neighbour, devId: 77, createTime: Date.parse('2025-03-10T12:00:00+08:00') }
  const products = [{ barcode: '9', name: '茶', num: 1, amount: 500 }]
  await addOrders(context.storage, [{ ...gone, products }])
  const range = { setOfBookId: context.neighbour, zone, dates: { from: '2025-03-11', to: '2025-03-11' } }
  for (const by of ['cabinet', 'product'] satisfies ReportKind[]) {
    const { rows } = await report(by, range)
    expect(rows.at(-1)).toMatchObject({
      key: by === 'cabinet' ? '77' : '9',
      sales: { amount: 0 },
      before: { amount: 5 },
      year_before: { amount: 0 },
    })
  }
})

it('shows as many rows as asked for and says how many are left out', async () => {
  const shown = await report('day', asked('Asia/Shanghai', '2026-10-01', '2026-10-31'), 10)
  expect([shown.rows.length, shown.left_out]).toEqual([10, 21])
})
