import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assembleOrder } from '#server/services/download-orders'

const entry = (changes: Record<string, unknown> = {}) => ({
  trans_id: 'T1',
  status: 100,
  e_id: 'E',
  dev_id: 1,
  create_time: '2026-11-20 10:00:00',
  update_time: '2026-11-20 10:00:00',
  barcode: 'A',
  name: '水',
  num: 1,
  amount: 2,
  cost: 1,
  ...changes,
})
const assemble = (...entries: Record<string, unknown>[]) => assembleOrder(entries, 'Asia/Shanghai')

describe('assembleOrder', () => {
  it('makes a line of each entry', () => {
    expect(assemble(entry(), entry({ barcode: 'B', amount: 3 }))).toMatchObject({
      trans_id: 'T1',
      status: 100,
      products: [
        { barcode: 'A', name: '水', num: 1, amount: 2, cost: 1 },
        { barcode: 'B', amount: 3 },
      ],
    })
  })

  it('keeps two lines of one barcode and time', () => {
    expect(assemble(entry(), entry({ amount: 3 })).products).toMatchObject([{ amount: 2 }, { amount: 3 }])
  })

  it('takes fields and lines of the newest entry where they disagree, whatever form its time has', () => {
    const newest = entry({ status: 103, amount: 5, update_time: '2026-11-20T02:00:01Z' })
    for (const entries of [
      [entry(), newest],
      [newest, entry()],
    ]) {
      expect(assemble(...entries)).toMatchObject({ status: 103, products: [{ amount: 5 }] })
    }
  })

  it('keeps an older line that no newer one names', () => {
    expect(assemble(entry(), entry({ barcode: 'B', update_time: '2026-11-20 11:00:00' })).products).toHaveLength(2)
  })

  it.each([undefined, null, ''])('has no line for an entry whose barcode is %j', (barcode) => {
    expect(assemble(entry({ barcode })).products).toEqual([])
  })

  it('takes a missing name as empty and a missing cost as not given', () => {
    expect(assemble(entry({ name: null, cost: '' })).products).toEqual([
      { barcode: 'A', name: '', num: 1, amount: 2, cost: undefined },
    ])
  })

  it('lets the status that is further on win at one time', () => {
    for (const entries of [
      [entry({ status: 103 }), entry({ status: 100 })],
      [entry({ status: 100 }), entry({ status: 103 })],
    ])
      expect(assemble(...entries)).toMatchObject({ status: 103 })
  })

  it('counts a plausible time as newer than one far ahead of the clock', () => {
    const odd = entry({ status: 100, amount: 9, update_time: '2099-01-01 00:00:00' })
    for (const entries of [
      [odd, entry({ status: 103 })],
      [entry({ status: 103 }), odd],
    ])
      expect(assemble(...entries)).toMatchObject({ status: 103, products: [{ amount: 2 }] })
  })

  it.each([[{}], [[]], [['2026-11-20 10:00:00']], [{ toString: 1 }], [null], [true], [undefined]])(
    'does not stumble over %j as a time: another entry is newer',
    (update_time) => {
      const order = assemble(entry({ update_time, status: 999 }), entry({ status: 103 }))
      expect(order).toMatchObject({ status: 103 })
      expect(() => assemble(entry({ update_time }))).not.toThrow()
    },
  )

  it('gives the same lines for every order of the entries', () => {
    const entries = ['A', 'B', 'A', 'C'].map((barcode, index) =>
      entry({ barcode, amount: index, update_time: `2026-11-20 10:00:0${index}`, status: 100 + index }),
    )
    const sorted = (list: Record<string, unknown>[]) => {
      const { products, ...rest } = assemble(...list)
      return { rest, products: products.map((line) => JSON.stringify(line)).sort() }
    }
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: 4 }), (shuffled) => {
        expect(sorted(shuffled).products).toEqual(sorted(entries).products)
        expect(sorted(shuffled).rest).toEqual(sorted(entries).rest)
      }),
    )
  })
})
