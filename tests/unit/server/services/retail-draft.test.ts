import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { unitPrice } from '#server/services/retail-draft'

describe('unitPrice', () => {
  it.each([
    [700, 2, 3.5],
    [1000, 3, 3.333333],
    [2000, 3, 6.666667],
    [1, 3, 0.003333],
    [100, 7, 0.142857],
    [450, 0.3, 15],
    [0, 5, 0],
    [-350, 1, -3.5],
    [1, 1e6, 0],
    [35, 0.7, 0.5],
  ])('of %i fen by %d is %d', (fen, quantity, price) => {
    expect(unitPrice(fen, quantity)).toBe(price)
  })

  it('has six decimals at most, and gives the amount back within their rounding', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), fc.integer({ min: 1, max: 1000 }), (fen, quantity) => {
        const price = unitPrice(fen, quantity)
        expect(Number(price.toFixed(6))).toBe(price)
        expect(Math.abs(price * quantity - fen / 100)).toBeLessThanOrEqual(0.0000005 * quantity + 1e-9)
      }),
    )
  })
})
