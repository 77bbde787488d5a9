import { eq } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import { orders } from '#drizzle/schema/orders'
import { findLastSeen, listUnconfiguredCabinets } from '#server/repositories/cabinets'
import { queryOrders } from '#server/repositories/order-queries'
import { countGoods } from '#server/repositories/order-totals'
import { summarize } from '#server/services/summarize'
import { IMPORT_STATES } from '#shared/import-state'
import { orderQuerySchema, type OrderLine } from '#shared/orders'
import type { Figure, FigureFilter } from '#shared/summary'
import { formatTime } from '#shared/time'
import { randomFrom } from '../../../../sandbox/shop.ts'
import { addDevice, addOrders, addSetOfBook, allOf, openTestStorage } from '../with-storage.ts'

const storage = await openTestStorage()
const mine = await addSetOfBook(storage, 'A001')
const other = await addSetOfBook(storage, 'B002')
// The clock changes in Berlin within the 30 days before.
const now = Date.parse('2026-11-10T15:30:00+08:00')
// Lists find what is overdue by the clock.
vi.useFakeTimers({ toFake: ['Date'], now })
const hour = 3_600_000

for (const devId of [1, 2]) await addDevice(storage, mine, devId, `货柜 ${devId}`)
const random = randomFrom(11)
const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)]!
const someLines = (): OrderLine[] =>
  Array.from({ length: 1 + Math.floor(random() * 3) }, () => ({
    barcode: pick(['1', '2', '3']),
    name: '水',
    num: pick([1, 2, 0.5]),
    amount: pick([100, 250]),
    ...(random() < 0.8 ? { cost: 70 } : {}),
  }))
const someOrders = (length: number) =>
  Array.from({ length }, (_, index) => ({
    setOfBookId: index % 10 === 0 ? other : mine,
    devId: pick([1, 2, 3, 4]),
    status: pick([100, 100, 100, 101, 102, 103] as const),
    importState: pick(IMPORT_STATES),
    createTime: now + 10 * hour - Math.floor(random() * 35 * 24) * hour,
    products: someLines(),
  }))
// The overview must know the goods of both, the orders that are counted and those that have come since.
await addOrders(storage, someOrders(500))
await countGoods()
await addOrders(storage, someOrders(300))
const rows = await storage.db.select().from(orders).where(eq(orders.setOfBookId, mine))

/** The orders that a figure's link leads to. */
async function follow(filter: FigureFilter, zone: string) {
  const found = await queryOrders(mine, orderQuerySchema(zone).parse({ ...filter, limit: 1000 }))
  return { orders: found.total, amount: found.amount / 100, rows: await allOf(found.rows) }
}

async function expectFigure({ orders, amount, filter }: Figure, zone: string) {
  const found = await follow(filter, zone)
  expect({ orders, amount }, JSON.stringify(filter)).toEqual({ orders: found.orders, amount: found.amount })
}

describe.each(['Asia/Shanghai', 'Europe/Berlin', 'Asia/Kathmandu'])('the overview in %s', (zone) => {
  it('shows figures whose links lead to exactly those orders', async () => {
    for (const days of [1, 7, 30]) {
      const summary = await summarize(mine, days, now, zone)
      expect(summary.by_day).toHaveLength(days)
      expect(summary.periods.map((period) => period.days)).toEqual([1, 7, 30])
      const sales = [...summary.periods, ...summary.by_day].flatMap(({ all, sales, refunds }) => [all, sales, refunds])
      for (const figure of [...sales, ...summary.by_cabinet, ...Object.values(summary.waiting)])
        await expectFigure(figure, zone)
    }
  })

  it('sums its days and its cabinets up to the period', async () => {
    const { periods, by_day, by_cabinet } = await summarize(mine, 30, now, zone)
    expect(periods[2]).toMatchObject({ sales: { filter: { status: 100 } }, refunds: { filter: { status: 103 } } })
    const sum = (figures: Figure[]) => figures.reduce((total, figure) => total + figure.orders, 0)
    expect(periods[2]!.all.orders).toBeGreaterThan(300)
    expect(sum(by_day.map((day) => day.all))).toBe(periods[2]!.all.orders)
    expect(sum(by_cabinet)).toBe(periods[2]!.sales.orders)
  })

  it('compares each period with as many days before, up to the same time', async () => {
    const { periods } = await summarize(mine, 7, now, zone)
    for (const { days, sales, before } of periods) {
      const from = Date.parse(`${sales.filter.start_date!}T00:00:00Z`) - days * 24 * hour
      const [first, last] = [new Date(from).toISOString().slice(0, 10), formatTime(now - days * 24 * hour, zone)]
      const sold = rows.filter(({ status, createTime }) => {
        const time = formatTime(createTime, zone)
        return status === 100 && time >= first && time <= last
      })
      const amount = sold.reduce((sum, { totalAmount }) => sum + totalAmount, 0)
      expect({ days, before }).toEqual({ days, before: { orders: sold.length, amount: amount / 100 } })
    }
    expect(periods.every(({ before }) => before.orders > 0)).toBe(true)
  })

  it('tells margin and best sellers from the lines of the paid orders, with cost where it is known', async () => {
    const { periods, best_sellers: best } = await summarize(mine, 30, now, zone)
    const { rows } = await follow(periods[2]!.sales.filter, zone)
    const lines = rows.flatMap((row) => row.products)
    const sum = (chosen: OrderLine[], field: 'amount' | 'cost' | 'num') =>
      chosen.reduce((total, line) => total + (line[field] ?? 0), 0)
    const costed = lines.filter((line) => line.cost !== undefined)
    const { cost, margin, amount_without_cost } = periods[2]!
    expect({ cost, margin, amount_without_cost }).toEqual({
      cost: sum(costed, 'cost') / 100,
      margin: (sum(costed, 'amount') - sum(costed, 'cost')) / 100,
      amount_without_cost: (sum(lines, 'amount') - sum(costed, 'amount')) / 100,
    })
    for (const { barcode, quantity, amount, filter } of best) {
      const own = lines.filter((line) => line.barcode === barcode)
      expect({ quantity, amount }).toEqual({ quantity: sum(own, 'num'), amount: sum(own, 'amount') / 100 })
      expect(
        (await follow(filter, zone)).rows.every((row) => row.products.some((line) => line.barcode === barcode)),
      ).toBe(true)
    }
    expect(best.map((product) => product.amount)).toEqual(best.map((product) => product.amount).sort((a, b) => b - a))
  })
})

describe('the overview of an account set without orders', () => {
  it('is all zeros', async () => {
    const summary = await summarize(await addSetOfBook(storage, 'empty'), 7, now, 'Asia/Shanghai')
    expect(summary.periods[2]).toMatchObject({ all: { orders: 0, amount: 0 }, margin: 0 })
    expect(summary).toMatchObject({
      by_cabinet: [],
      best_sellers: [],
      waiting: { importable: { orders: 0 }, unconfigured: { cabinets: 0 } },
    })
  })
})

describe('the overview where a day begins with a skipped or repeated hour', () => {
  it.each([
    ['America/Santiago', '2026-09-08T15:00:00Z'],
    ['America/Santiago', '2026-04-08T15:00:00Z'],
    ['Asia/Beirut', '2026-03-31T15:00:00Z'],
    ['Africa/Cairo', '2026-04-26T15:00:00Z'],
    ['America/Havana', '2026-11-03T15:00:00Z'],
  ])('counts each order in %s once, on the day that its time shows (%s)', async (zone, moment) => {
    const set = await addSetOfBook(storage, `${zone} ${moment}`)
    const end = Date.parse(moment)
    const times = Array.from({ length: 7 * 24 }, (_, index) => end - index * hour)
    await addOrders(
      storage,
      times.map((createTime) => ({ setOfBookId: set, createTime })),
    )
    const { by_day, periods } = await summarize(set, 7, end, zone)
    const shown = Map.groupBy(times, (time) => formatTime(time, zone).slice(0, 10))
    const days = by_day.map(({ date }) => date)
    expect(new Set(days).size).toBe(7)
    expect(by_day.map(({ all }) => all.orders)).toEqual(days.map((date) => shown.get(date)!.length))
    expect(periods[1]!.all.orders).toBe(by_day.reduce((sum, { all }) => sum + all.orders, 0))
    for (const { date, all } of by_day)
      expect((await queryOrders(set, orderQuerySchema(zone).parse(all.filter))).total, date).toBe(all.orders)
  })
})

describe('the cabinets without configuration', () => {
  it('are those of the orders that no device names, with their orders, sum and newest time', async () => {
    const expected = [3, 4]
      .map((devId) => {
        const own = rows.filter((row) => row.devId === devId)
        return {
          devId,
          orders: own.length,
          amount: own.reduce((sum, row) => sum + row.totalAmount, 0),
          lastSeen: Math.max(...own.map((row) => row.createTime)),
        }
      })
      .sort((a, b) => b.orders - a.orders)
    const actual = await Promise.all(
      (await listUnconfiguredCabinets(mine)).map(async (cabinet) => ({
        devId: cabinet.devId,
        orders: cabinet.orders,
        amount: cabinet.amount,
        lastSeen: await findLastSeen(mine, cabinet),
      })),
    )
    expect(actual).toEqual(expected)
  })
})
