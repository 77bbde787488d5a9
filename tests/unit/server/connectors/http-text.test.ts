import { describe, expect, it } from 'vitest'
import { reasonText, toUpstreamJson } from '#server/connectors/http'
import { LongInteger } from '#shared/json'

describe('toUpstreamJson', () => {
  it('keeps every digit of what it sends', () => {
    const id = new LongInteger('636507967185264641636507')
    expect(toUpstreamJson({ id, lines: [{ price: 0.333333, quantity: 0.000001 }] })).toBe(
      '{"id":636507967185264641636507,"lines":[{"price":0.333333,"quantity":0.000001}]}',
    )
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, 2 ** 53])(
    'sends no %d, which would arrive as another value',
    (tax_price) => {
      expect(() => toUpstreamJson({ lines: [{ tax_price }] })).toThrow(/tax_price 的数值太大/)
    },
  )
})

describe('reasonText', () => {
  it.each([
    ['库存不足', '库存不足'],
    [7, '7'],
    ['a\r\nb\0c', 'a b c'],
    ['', '没有说明原因'],
    [null, '没有说明原因'],
    [{ a: 1 }, '没有说明原因'],
    ['x'.repeat(300), `${'x'.repeat(200)}…`],
  ])('makes %j plain', (reason, text) => {
    expect(reasonText(reason)).toBe(text)
  })

  it('hides the secrets that the call carried', () => {
    expect(reasonText('token at-123 of key k3y is bad: at-123', ['at-123', 'k3y'])).toBe(
      'token *** of key *** is bad: ***',
    )
  })
})
