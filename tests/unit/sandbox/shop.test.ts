import { describe, expect, it } from 'vitest'
import { shopGoods } from '../../../sandbox/catalog.ts'
import { cabinetsOf, randomFrom, shopHistory, shopOrder, timeText } from '../../../sandbox/shop.ts'
import { createState } from '../../../sandbox/state.ts'

const until = Date.parse('2026-11-24T15:30:00+08:00')
const cabinets = cabinetsOf.A001!.map(({ dev_id }) => dev_id)
const history = shopHistory({ seed: 1, cabinets, until })

describe('the shop', () => {
  it('makes the same history from the same seed, and another from another', () => {
    expect(shopHistory({ seed: 1, cabinets, until })).toEqual(history)
    expect(shopHistory({ seed: 2, cabinets, until })).not.toEqual(history)
  })

  it('covers two weeks up to now, oldest first, with each trans_id once', () => {
    const times = history.map(({ create_time }) => create_time)
    expect(new Set(times.map((time) => time.slice(0, 10))).size).toBe(14)
    expect(times[0]!.slice(0, 10)).toBe('2026-11-11')
    expect(times).toEqual(times.toSorted())
    expect(times.at(-1)! <= timeText(until)).toBe(true)
    expect(new Set(history.map(({ trans_id }) => trans_id)).size).toBe(history.length)
  })

  it('is busier at noon than at night, and uses every cabinet', () => {
    const during = (from: string, to: string) =>
      history.filter(({ create_time }) => create_time.slice(11) >= from && create_time.slice(11) < to).length
    expect(during('11:00', '14:00')).toBeGreaterThan(4 * during('01:00', '05:00'))
    expect(new Set(history.map(({ dev_id }) => dev_id)).size).toBe(8)
  })

  it('never knows what happens after now', () => {
    const random = randomFrom(1)
    for (let sequence = 1; sequence <= 100; sequence++) {
      const { create_time, update_time } = shopOrder(random, cabinets, until, sequence)
      expect([create_time, update_time]).toEqual(['2026-11-24 15:30:00', '2026-11-24 15:30:00'])
    }
  })

  it('has a few refunds, which are updated later but never after now', () => {
    const refunds = history.filter(({ status }) => [102, 103, 104].includes(status))
    expect(refunds.length).toBeGreaterThan(5)
    expect(refunds.length).toBeLessThan(history.length / 10)
    for (const { create_time, update_time } of refunds) {
      expect(update_time > create_time && update_time <= timeText(until)).toBe(true)
    }
  })

  it('sells for whole fen, and a few orders hold a barcode that C8 does not know', () => {
    const lines = history.flatMap(({ products }) => products)
    for (const { amount } of lines) expect(Number(amount.toFixed(2))).toBe(amount)
    const known = new Set(createState().products.map(({ barcode }) => barcode))
    const failing = history.filter(({ products }) => products.some(({ barcode }) => !known.has(barcode)))
    expect(failing.length).toBeGreaterThan(5)
    expect(failing.length).toBeLessThan(history.length / 10)
  })

  it('labels its goods with valid EAN-13 barcodes, each once', () => {
    expect(new Set(shopGoods.map(({ barcode }) => barcode)).size).toBe(shopGoods.length)
    for (const { barcode } of shopGoods) {
      const sum = [...barcode].reduce((total, digit, index) => total + Number(digit) * (index % 2 ? 3 : 1), 0)
      expect(`${barcode.length} ${sum % 10}`).toBe('13 0')
    }
  })
})
