import { describe, expect, it } from 'vitest'
import { parseAnswer } from '../../../shared/answer.ts'

describe('what the pages read of an answer', () => {
  it.each([
    ['{"retail_id":636507967185264641}', { retail_id: '636507967185264641' }],
    ['{"retail_id": -636507967185264641 }', { retail_id: '-636507967185264641' }],
    ['[9007199254740993,[18446744073709551616]]', ['9007199254740993', ['18446744073709551616']]],
    ['9007199254740992', '9007199254740992'],
  ])('keeps the digits of long integers, as text: %s', (text, value) => {
    expect(parseAnswer(text)).toEqual(value)
  })

  it.each([
    '{"id":9007199254740991,"n":-9007199254740991}',
    '{"amount":0.1234567890123456789,"big":1e21,"exact":12345678901234567.5,"odd":12345678901234567890e-3}',
    '{"text":"636507967185264641","quoted":"a \\"636507967185264641, \\\\","636507967185264641":1}',
    '{"text":"\\\\\\"[636507967185264641]","wide":"\\u4e2d 636507967185264641"}',
    'true',
  ])('leaves everything else as JSON has it: %s', (text) => {
    expect(parseAnswer(text)).toEqual(JSON.parse(text))
  })

  it('takes a megabyte of long texts and a broken answer in stride', () => {
    const long = '\\"1234567890123456789'.repeat(100_000)
    expect(parseAnswer(`{"id":636507967185264641,"text":"${long}"}`)).toMatchObject({ id: '636507967185264641' })
    expect(() => parseAnswer(`{"id":636507967185264641,"text":"${long}`)).toThrow(SyntaxError)
  })
})
