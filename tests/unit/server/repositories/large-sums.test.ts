import { expect, it } from 'vitest'
import { listUnconfiguredCabinets } from '#server/repositories/cabinets'
import { queryOrders } from '#server/repositories/order-queries'
import { countGoods } from '#server/repositories/order-totals'
import { sumByCabinet, sumByGoods, sumByStatus } from '#server/repositories/summary'
import { orderQuerySchema } from '#shared/orders'
import { addOrders, useTestStorage } from '../with-storage.ts'

const context = useTestStorage()
const ZONE = 'Asia/Shanghai'
const noon = Date.parse('2026-11-10T12:00:00+08:00')
const DAY = 86_400_000

it('sums beyond the integers of JSON are told as near as a number comes', async () => {
  const { storage, own } = context
  // The largest amount that is taken, on a whole day and in a part of another.
  const products = [{ barcode: '1', name: '水', num: 1, amount: 1e14, cost: 1e14 }]
  const many = (count: number, createTime: number) =>
    Array.from({ length: count }, () => ({ setOfBookId: own, createTime, products, devId: 9 }))
  await addOrders(storage, [...many(120, noon - DAY), ...many(95, noon)])
  const total = 215 * 1e14
  for (let counted = 0; counted < 2; counted++) {
    const span = { from: noon - 2 * DAY, to: noon }
    expect((await sumByStatus(own, span)).get(100)).toEqual({ orders: 215, amount: total })
    expect((await sumByCabinet(own, span)).get(9)).toEqual({ orders: 215, amount: total })
    expect(await sumByGoods(own, span)).toMatchObject([{ quantity: 215, amount: total, cost: total, uncosted: 0 }])
    await countGoods()
  }
  expect(await listUnconfiguredCabinets(own)).toMatchObject([{ orders: 215, amount: total, idle: { amount: total } }])
  const filters = [{}, { q: 'T' }, { barcode: '1' }, { dev_id: 9 }, { end_date: '2026-11-10 23:00:00' }]
  for (const filter of filters)
    expect(await queryOrders(own, orderQuerySchema(ZONE).parse(filter))).toMatchObject({ total: 215, amount: total })
})
