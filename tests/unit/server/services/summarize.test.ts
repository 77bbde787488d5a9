import { describe, expect, it } from 'vitest'
import { devices, orders } from '#drizzle/schema'
import { countNextGoods } from '#server/db/order-totals'
import { findLastSeen, listUnconfiguredCabinets } from '#server/repositories/cabinets'
import { queryOrders } from '#server/repositories/order-queries'
import { summarize } from '#server/services/summarize'
import { IMPORT_STATES } from '#shared/import-state'
import { orderQuerySchema, type OrderLine } from '#shared/orders'
import type { Figure, FigureFilter } from '#shared/summary'
import { randomFrom } from '../../../../sandbox/shop.ts'
import { addOrder, addSetOfBook, openTestStorage } from '../storage.ts'

const storage = openTestStorage()
const mine = addSetOfBook(storage, 'A001')
const other = addSetOfBook(storage, 'B002')
// The clock changes in Berlin within the 30 days before.
const now = Date.parse('2026-11-10T15:30:00+08:00')
const hour = 3_600_000

for (const devId of [1, 2]) {
  storage.db
    .insert(devices)
    .values({
      setOfBookId: mine,
      devId,
      name: `货柜 ${devId}`,
      storeId: 1,
      bankId: 1,
      memberId: 1,
      employeeId: 1,
      billType: 0,
      createdAt: 0,
      createdUser: 'x',
    })
    .run()
}
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
for (let index = 0; index < 800; index += 1) {
  // The overview must know the goods of both, the orders that are counted and those that have come since.
  if (index === 500) countNextGoods(storage.sqlite)
  addOrder(storage, {
    setOfBookId: index % 10 === 0 ? other : mine,
    devId: pick([1, 2, 3, 4]),
    status: pick([100, 100, 100, 101, 102, 103]),
    importState: pick(IMPORT_STATES),
    createTime: now + 10 * hour - Math.floor(random() * 35 * 24) * hour,
    products: someLines(),
  })
}
const rows = storage.db
  .select()
  .from(orders)
  .all()
  .filter((row) => row.setOfBookId === mine)

/** The orders that a figure's link leads to. */
async function follow(filter: FigureFilter, zone: string) {
  const found = await queryOrders(mine, orderQuerySchema(zone).parse({ ...filter, limit: 1000 }))
  return { orders: found.total, amount: found.amount / 100, rows: found.rows }
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
    const summary = await summarize(addSetOfBook(storage, 'empty'), 7, now, 'Asia/Shanghai')
    expect(summary.periods[2]).toMatchObject({ all: { orders: 0, amount: 0 }, margin: 0 })
    expect(summary).toMatchObject({
      by_cabinet: [],
      best_sellers: [],
      waiting: { importable: { orders: 0 }, unconfigured: { cabinets: 0 } },
    })
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
