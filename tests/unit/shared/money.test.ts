import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fenToYuan, MAX_YUAN, yuanText, yuanToFen } from '#shared/money'

describe('yuanToFen', () => {
  it.each([
    [0, 0],
    [-0, 0],
    [3.5, 350],
    [0.1, 10],
    [0.29, 29],
    [1.15, 115],
    [4.35, 435],
    [-1.25, -125],
    [3.3000000000000003, 330],
    [0.30000000000000004, 30],
    [1e12, 1e14],
    [-1e12, -1e14],
    [999_999_999_999.99, 99_999_999_999_999],
    [0.010000999, 1],
    [1e-7, 0],
    [2.675, null],
    [1.005, null],
    [0.001, null],
    [0.0100011, null],
    [1e12 + 0.01, null],
    [Number.NaN, null],
    [Infinity, null],
    [-Infinity, null],
  ])('reads %s yuan as %s fen', (yuan, fen) => {
    expect(yuanToFen(yuan)).toBe(fen)
  })

  it('gives every amount of whole fen back as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: -MAX_YUAN * 100, max: MAX_YUAN * 100 }), (fen) => {
        expect(yuanToFen(fenToYuan(fen))).toBe(fen)
      }),
    )
  })

  it('gives a number with at most two decimals in JSON', () => {
    fc.assert(
      fc.property(fc.integer({ min: -MAX_YUAN * 100, max: MAX_YUAN * 100 }), (fen) => {
        expect(JSON.stringify(fenToYuan(fen))).toMatch(/^-?\d+(\.\d{1,2})?$/)
      }),
    )
  })

  it('reads sums of floats as an upstream adds them up', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 200 }), (lines) => {
        const sum = lines.reduce((total, fen) => total + fen / 100, 0)
        expect(yuanToFen(sum)).toBe(lines.reduce((total, fen) => total + fen, 0))
      }),
    )
  })

  it('refuses a third decimal', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e9, max: 1e9 }).filter((mills) => mills % 10 !== 0),
        (mills) => {
          expect(yuanToFen(mills / 1000)).toBeNull()
        },
      ),
    )
  })
})

describe('yuanText', () => {
  it('writes what JSON writes', () => {
    for (const fen of [0, 1, -1, 9, 10, -10, 99, 100, -100, 105, 110, -199, MAX_YUAN * 100, -MAX_YUAN * 100])
      expect(yuanText(fen)).toBe(JSON.stringify(fenToYuan(fen)))
    fc.assert(
      fc.property(fc.integer({ min: -MAX_YUAN * 100, max: MAX_YUAN * 100 }), (fen) => {
        expect(yuanText(fen)).toBe(JSON.stringify(fenToYuan(fen)))
      }),
    )
  })
})
