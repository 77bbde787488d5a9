import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBody } from '#server/json'
import { parseJson } from '#shared/json'

describe('parseJson', () => {
  it.each(['trans_id', 'e_id', 'barcode'])('keeps the digits of %s, at any depth', (field) => {
    expect(parseJson(`{"${field}" : 12345678901234567890}`)).toEqual({ [field]: '12345678901234567890' })
    expect(parseJson(`{"a":[{"${field}":\n1.0}]}`)).toEqual({ a: [{ [field]: '1.0' }] })
    expect(parseJson(`{"${field}":-0}`)).toEqual({ [field]: '-0' })
  })

  it('leaves other values of these fields as they are', () => {
    for (const value of ['"01"', 'null', 'true', '[]', '{}'])
      expect(parseJson(`{"trans_id":${value},"e_id":1}`)).toEqual({ trans_id: JSON.parse(value), e_id: '1' })
  })

  it('writes any integer back with the digits that were sent', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (integer) => {
        for (const text of [`${integer}`, `{"id":${integer}}`, `[1,${integer}]`])
          expect(JSON.stringify(parseJson(text))).toBe(text)
      }),
    )
    for (const text of [
      ' 92345678901234567812345',
      '[\n92345678901234567812345]',
      '{"a":"x","id"\n:\t92345678901234567812345}',
    ]) {
      expect(JSON.stringify(parseJson(text))).toBe(text.replace(/\s/g, ''))
    }
  })

  it('reads what JSON.parse reads, where no number is too long', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!/\d{16}|"(?:trans_id|e_id|barcode)"/.test(text))
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('keeps the digits of an id beside and below other values', () => {
    expect(parseJson('{"a":{"x":1},"e_id":7,"b":[{"barcode":2}]}')).toEqual({
      a: { x: 1 },
      e_id: '7',
      b: [{ barcode: '2' }],
    })
  })

  it.each([
    ['[', ']'],
    ['{"a":', '}'],
  ])('reads 32 levels of %s and no more', (open, close) => {
    const nested = (levels: number) => open.repeat(levels - 1) + '[]' + close.repeat(levels - 1)
    expect(JSON.stringify(parseJson(nested(32)))).toBe(nested(32))
    for (const levels of [33, 100_000]) expect(() => parseJson(nested(levels))).toThrow(RangeError)
    expect(() => parseJson(`{"e_id":1,"a":${nested(32)}}`)).toThrow(RangeError)
  })

  it('throws what JSON.parse throws', () => {
    expect(() => parseJson('{"trans_id":1')).toThrow(SyntaxError)
  })
})

describe('parseBody', () => {
  it('takes an empty body as no parameters, and a byte order mark as nothing', () => {
    expect(parseBody(Buffer.alloc(0))).toEqual({})
    expect(parseBody(Buffer.from('\uFEFF{"a":1}'))).toEqual({ a: 1 })
  })

  it.each([' ', '[]', 'null', '1', '"x"', '{', '{"a":1}}', '{a:1}', '\uFEFF\uFEFF{}'])('refuses %j', (text) => {
    expect(() => parseBody(Buffer.from(text))).toThrow(
      expect.objectContaining({ status: 400, message: expect.stringMatching(/JSON/) }),
    )
  })

  it('refuses other encodings', () => {
    expect(() => parseBody(Buffer.from([0x7b, 0xff, 0x7d]))).toThrow(
      expect.objectContaining({ status: 400, message: expect.stringMatching(/UTF-8/) }),
    )
  })
})
