import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalOf, divideRounded } from '#shared/decimal'
import { lineFen, unitPrice } from '#shared/unit-price'

describe('decimalOf', () => {
  it.each<[number, bigint, number]>([
    [0, 0n, 0],
    [0.1, 1n, 1],
    [-3.25, -325n, 2],
    [1e21, 10n ** 21n, 0],
    [1.5e-7, 15n, 8],
    [123_456.789, 123456789n, 3],
  ])('of %d is what JSON shows', (value, digits, scale) => {
    expect(decimalOf(value)).toEqual({ digits, scale })
  })
})

describe('divideRounded', () => {
  it.each<[bigint, bigint, bigint]>([
    [5n, 10n, 1n],
    [4n, 10n, 0n],
    [-5n, 10n, -1n],
    [-4n, 10n, 0n],
    [25n, 10n, 3n],
    [-25n, 10n, -3n],
    [0n, 7n, 0n],
  ])('%d / %d is %d: half up, and a discount mirrors a sale', (dividend, divisor, quotient) => {
    expect(divideRounded(dividend, divisor)).toBe(quotient)
  })
})

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
    [-1000, 3, -3.333333],
    [1, 1e6, 0],
    [35, 0.7, 0.5],
    // In floats 1.0000005 lies below the half.
    [10_000_005, 100_000, 1.000001],
    [99_999_999_999, 1, 999_999_999.99],
    [100_000_000_000_000, 1, 1e12],
    [1, 0.000001, 10_000],
  ])('of %i fen by %d is %d', (fen, quantity, price) => {
    expect(unitPrice(fen, quantity)).toBe(price)
  })

  it.each([
    [100, 1e-308],
    [100, 0],
    [100, -1],
    [100, Number.NaN],
    [100, Number.POSITIVE_INFINITY],
    [Number.NaN, 1],
    [100_000_000_000_000, 0.5],
    // A number of this size has no six decimals any more.
    [99_999_999_999_999, 7],
  ])('of %d fen by %d there is none', (fen, quantity) => {
    expect(unitPrice(fen, quantity)).toBeNull()
  })

  it('has six decimals at most and is the nearest such price, whatever the amount and the quantity', () => {
    const quantity = fc.oneof(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.integer({ min: 1, max: 1e9 }).map((n) => n / 1000),
    )
    fc.assert(
      fc.property(fc.integer({ min: -10_000_000, max: 10_000_000 }), quantity, (fen, quantity) => {
        const price = decimalOf(unitPrice(fen, quantity)!)
        expect(price.scale).toBeLessThanOrEqual(6)
        const { digits, scale } = decimalOf(quantity)
        const millionths = price.digits * 10n ** BigInt(6 - price.scale)
        const miss = 2n * (millionths * digits - BigInt(fen) * 10n ** BigInt(4 + scale))
        expect(miss < 0n ? -miss : miss).toBeLessThanOrEqual(digits)
      }),
    )
  })
})

describe('lineFen', () => {
  it.each([
    [3, 3.333333, 1000],
    [300_000, 0.333333, 9_999_990],
    [1_000_000, 0, 0],
    [0.3, 15, 450],
    // In floats 1.005 * 100 lies below the half.
    [1, 1.005, 101],
    [1, -1.005, -101],
    [0.1, 0.1, 1],
  ])('%d at %d come to %i fen', (quantity, price, fen) => {
    expect(lineFen(quantity, price)).toBe(fen)
  })

  it('gives the amount back for up to ten thousand pieces', () => {
    const amount = fc.integer({ min: -100_000_000, max: 100_000_000 })
    fc.assert(
      fc.property(amount, fc.integer({ min: 1, max: 9999 }), (fen, quantity) => {
        expect(lineFen(quantity, unitPrice(fen, quantity)!)).toBe(fen)
      }),
    )
  })
})
