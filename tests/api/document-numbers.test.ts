import { describe, expect, it } from 'vitest'
import { shopGoods } from '../../sandbox/catalog.ts'
import { failed, useApp, type Shop } from './server.ts'

const context = useApp()
const control = () => context.app.sandbox.control
const [water, tea, milk] = shopGoods.map(({ barcode }) => barcode) as [string, string, string]

async function openShop(): Promise<Shop> {
  const shop = await context.app.openShop()
  await context.app.addDevice(shop)
  return shop
}

type Line = [barcode: string, num: number, amount: number]
const toProducts = (lines: Line[]) => lines.map(([barcode, num, amount]) => ({ barcode, name: '水', num, amount }))

async function importLines(lines: Line[]) {
  const shop = await openShop()
  const id = await context.app.receive(shop, 'N1', { products: toProducts(lines) })
  await control().clearCalls()
  const answer = await context.app.ask(`POST /api/orders/${id}?action=import`, shop)
  return { answer, creates: await control().calls('c8.retail_create') }
}

/** An order as an earlier version took it in. */
async function importStored(lines: Line[]) {
  const shop = await openShop()
  const id = await context.app.receive(shop, 'N2')
  const products = toProducts(lines).map((line) => ({ ...line, amount: Math.round(line.amount * 100) }))
  context.app.change(
    'UPDATE orders SET products = ?, total_amount = ? WHERE id = ?',
    JSON.stringify(products),
    products.reduce((sum, { amount }) => sum + amount, 0),
    id,
  )
  await control().clearCalls()
  const answer = await context.app.ask(`POST /api/orders/${id}?action=import`, shop)
  return { answer, creates: await control().calls('c8.retail_create') }
}

describe('an order whose lines, priced with six decimals, do not come to its total', () => {
  it.each<[string, Line[], RegExp]>([
    ['300,000 pieces for 100,000.00', [[water, 300_000, 100_000]], /100000 元.*99999\.9 元/],
    ['a million for 0.01', [[water, 1_000_000, 0.01]], /0\.01 元.*0 元/],
    [
      '200,000 for 66,666.67 beside others',
      [
        [tea, 1, 3.5],
        [water, 200_000, 66_666.67],
      ],
      new RegExp(water),
    ],
    [
      'a discount on many pieces',
      [
        [tea, 1, 100_000],
        [water, 300_000, -100_000],
      ],
      /0 元.*0\.1 元/,
    ],
  ])('is refused by name: %s', async (_, lines, errmsg) => {
    const { answer, creates } = await importLines(lines)
    expect(answer).toMatchObject({ status: 422, body: failed(errmsg, 'total_mismatch') })
    expect(creates).toEqual([])
  })
})

describe('an order whose lines come to its total', () => {
  it.each<[string, Line[], number[]]>([
    ['three for 10', [[water, 3, 10]], [3.333333]],
    [
      'a discount',
      [
        [water, 2, 7],
        [tea, 1, -1.5],
      ],
      [3.5, -1.5],
    ],
    [
      'a discount of a third',
      [
        [water, 3, 20],
        [tea, 3, -10],
      ],
      [6.666667, -3.333333],
    ],
    ['a gift', [[water, 1, 0]], [0]],
    [
      'more discount than goods',
      [
        [water, 1, 2],
        [tea, 1, -3.5],
      ],
      [2, -3.5],
    ],
    [
      'by weight',
      [
        [water, 0.3, 4.5],
        [tea, 1.255, 1.26],
      ],
      [15, 1.003984],
    ],
    ['the least quantity', [[water, 0.000001, 0.01]], [10_000]],
    [
      'many lines that each miss a little',
      [
        [water, 7, 1],
        [tea, 7, 1],
        [milk, 7, 1],
      ],
      [0.142857, 0.142857, 0.142857],
    ],
    ['a trillion', [[water, 1, 1e12]], [1e12]],
  ])('is booked: %s', async (_, lines, prices) => {
    const { answer, creates } = await importLines(lines)
    expect(answer.body.errmsg).toBeUndefined()
    const { retail_lines, total_amount, bank_amount } = creates[0]!.body as Record<string, number> & {
      retail_lines: { tax_price: number }[]
    }
    expect(retail_lines.map(({ tax_price }) => tax_price)).toEqual(prices)
    expect(bank_amount).toBe(total_amount)
    expect(total_amount).toBeCloseTo(
      lines.reduce((sum, [, , amount]) => sum + amount, 0),
      6,
    )
  })
})

describe('a quantity that an earlier version took in', () => {
  it.each([
    ['1e-308', 1e-308],
    ['1e-9', 1e-9],
  ])('of %s gives no price that is no number, but a refusal', async (_, num) => {
    const { answer, creates } = await importStored([[water, num, 1e6]])
    expect(answer).toMatchObject({ status: 422, body: failed(/单价超出范围/, 'price_out_of_range') })
    expect(creates).toEqual([])
  })
})

describe('a message with a quantity out of bounds', () => {
  it.each([1e-308, 0.0000009, 1_000_000.1, 1e9, 0, -1])('%d is refused', async (num) => {
    const shop = await openShop()
    const body = {
      trans_id: 'Q',
      status: 100,
      e_id: 'E',
      dev_id: 10086,
      create_time: '2026-11-20 10:00:00',
      update_time: '2026-11-20 10:00:05',
      products: [{ barcode: water, name: '水', num, amount: 1 }],
    }
    expect(await context.app.ask('POST /api/create_order', { token: shop.localToken, body })).toMatchObject({
      status: 400,
      body: { status: 0, errmsg: expect.stringMatching(/num/) },
    })
  })
})
