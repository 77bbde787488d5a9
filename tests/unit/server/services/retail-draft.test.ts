import { describe, expect, it } from 'vitest'
import { Refused } from '#server/errors'
import { makeDraft } from '#server/services/retail-draft'

type Order = Parameters<typeof makeDraft>[0]
type Device = NonNullable<Parameters<typeof makeDraft>[1]>

const order: Order = {
  transId: 'T1',
  status: 100,
  devId: 7,
  totalAmount: 1000,
  products: [
    { barcode: 'a', name: '水', num: 3, amount: 1150 },
    { barcode: 'b', name: '优惠', num: 1, amount: -150 },
  ],
}
const device = { storeId: 1, bankId: 2, memberId: 3, employeeId: 4, billType: 1 } as Device
const facts = { productIds: new Map([['a', 11] as const, ['b', 12] as const]), taxRate: 0.03 }
const codesOf = ({ problems }: ReturnType<typeof makeDraft>) => problems.map(({ code }) => code)

describe('makeDraft', () => {
  it("makes C8's document of an order, a discount as a line of its own", () => {
    expect(makeDraft(order, device, facts)).toMatchObject({
      problems: [],
      draft: {
        source: 'gobox',
        source_id: 'T1',
        store_id: 1,
        bank_id: 2,
        member_id: 3,
        employee_id: 4,
        bill_type: 1,
        total_amount: 10,
        bank_amount: 10,
        retail_lines: [
          { product_id: 11, quantity: 3, tax_price: 3.833333, tax_rate: 0.03 },
          { product_id: 12, quantity: 1, tax_price: -1.5, tax_rate: 0.03 },
        ],
      },
    })
  })

  it('makes none of an order with problems, and names all of them', () => {
    const unknown = new Refused('没有', { code: 'product_unknown' })
    const draft = makeDraft({ ...order, status: 103, totalAmount: 999 }, undefined, {
      productIds: new Map([
        ['a', unknown],
        ['b', unknown],
      ]),
      taxRate: new Refused('没有税率', { code: 'tax_rate_missing' }),
    })
    expect(draft.draft).toBeNull()
    expect(codesOf(draft)).toEqual([
      'order_unpaid',
      'device_unconfigured',
      'tax_rate_missing',
      'product_unknown',
      'total_mismatch',
    ])
    expect(draft.lines).toMatchObject([
      { barcode: 'a', product_id: null, tax_price: 3.833333, tax_rate: null },
      { barcode: 'b', product_id: null, tax_price: -1.5, tax_rate: null },
    ])
  })

  it('of an alias that leads to nothing in C8 names both barcodes, so that the alias is changed', () => {
    const unknown = new Refused('没有', { code: 'product_unknown', params: { barcode: 'z' } })
    const draft = makeDraft(order, device, {
      ...facts,
      productIds: new Map<string, Refused | number>([
        ['a', unknown],
        ['b', 12],
      ]),
      c8Barcodes: new Map([['a', 'z']]),
    })
    expect(draft.problems).toMatchObject([{ code: 'alias_unknown', params: { barcode: 'a', c8_barcode: 'z' } }])
  })

  it('of an order without lines says so, and nothing of its amount', () => {
    expect(codesOf(makeDraft({ ...order, products: [] }, device, facts))).toEqual(['order_without_lines'])
  })

  it('names the line whose price is no number', () => {
    const products = [{ barcode: 'a', name: '水', num: 1e-308, amount: 1000 }]
    const draft = makeDraft({ ...order, products }, device, facts)
    expect(draft.problems).toMatchObject([{ code: 'price_out_of_range', params: { barcode: 'a' } }])
    expect(JSON.stringify(draft.lines)).toContain('"tax_price":null')
  })
})
