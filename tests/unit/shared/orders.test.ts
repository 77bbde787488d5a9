import { describe, expect, it } from 'vitest'
import { downloadedOrderSchema, orderMessageSchema } from '#shared/orders'

const order = (...amounts: number[]) => ({
  trans_id: 'T1',
  status: 100,
  e_id: '',
  dev_id: 1,
  create_time: '2026-11-01',
  update_time: '2026-11-01',
  products: amounts.map((amount) => ({ barcode: '1', name: '水', num: 1, amount })),
})

describe('the total of an order', () => {
  it.each([
    ['webhook', orderMessageSchema],
    ['download', downloadedOrderSchema],
  ])('is refused beyond the limit of an amount, by the %s', (_, schemaOf) => {
    const schema = schemaOf('Asia/Shanghai')
    expect(schema.safeParse(order(6e11, 4e11)).success).toBe(true)
    expect(schema.safeParse(order(6e11, 4e11, 0.01)).error?.issues[0]).toMatchObject({
      path: ['products'],
      message: '合计金额超过一万亿',
    })
  })
})
