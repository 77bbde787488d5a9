import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import {
  amountField,
  endTimeField,
  flagField,
  integerField,
  nameField,
  pagingFields,
  quantityField,
  statusField,
  textField,
  timeField,
} from '#shared/fields'

const read = (field: z.ZodType, value: unknown) => {
  const parsed = field.safeParse(value)
  return parsed.success ? { value: parsed.data } : { error: parsed.error.issues[0]!.message }
}

const accepted: [name: string, field: z.ZodType, value: unknown, expected: unknown][] = [
  ['text', textField(1, 5), 'abc', 'abc'],
  ['text', textField(1, 5), ' a ', ' a '],
  ['text', textField(0, 5), '', ''],
  ['text', textField(1, 5), 12, '12'],
  ['text', textField(1, 5), '😀😀', '😀😀'],
  ['a name', nameField(5), ' 柜 一 ', '柜 一'],
  ['a name', nameField(3), '  abc  ', 'abc'],
  ['an integer', integerField(), '-7', -7],
  ['an integer', integerField(), ' 7 ', 7],
  ['an integer', integerField(), '7.0', 7],
  ['an integer', integerField(), -0, 0],
  ['an integer', integerField(1, 3), 3, 3],
  ['a quantity', quantityField(), '0.5', 0.5],
  ['a quantity', quantityField(), 1_000_000, 1_000_000],
  ['a quantity', quantityField(), 0.000001, 0.000001],
  ['an amount', amountField(), '3.50', 350],
  ['an amount', amountField(), '+1', 100],
  ['a status', statusField(), '110', 110],
  ['a flag', flagField(), '0', false],
  ['a flag', flagField(), 1, true],
  ['a flag', flagField(), true, true],
  ['a time', timeField('UTC'), '1970-01-02', 86_400_000],
  ['an end', endTimeField('UTC'), '1970-01-01', 86_399_999],
  ['a limit', pagingFields.limit, undefined, 50],
  ['a limit', pagingFields.limit, '1000', 1000],
  ['a start', pagingFields.start, undefined, 0],
]

describe('a field', () => {
  it.each(accepted)('takes %s: %#', (_, field, value, expected) => {
    expect(read(field, value)).toEqual({ value: expected })
  })

  const anything: Record<string, unknown> = {
    null: null,
    'a list': [1],
    'an object': {},
    'a function': () => 1,
    'text that is no number': 'x',
    'a blank': ' ',
    NaN: Number.NaN,
    Infinity: Infinity,
    '1e3 as text': '1e3',
    '0x1 as text': '0x1',
    'a big number': 1e300,
  }
  const numeric: [string, z.ZodType][] = [
    ['an integer', integerField()],
    ['a quantity', quantityField()],
    ['an amount', amountField()],
    ['a status', statusField()],
    ['a flag', flagField()],
    ['a limit', pagingFields.limit],
    ['a start', pagingFields.start],
  ]
  it.each(
    numeric.flatMap(([name, field]) =>
      Object.entries(anything).map(([says, value]) => [name, says, field, value] as const),
    ),
  )('of %s refuses %s with a Chinese clause', (_name, _says, field, value) => {
    expect(read(field, value)).toEqual({ error: expect.stringMatching(/[\u4E00-\u9FFF]/) })
  })

  it.each<[string, z.ZodType, unknown]>([
    ['text that is too long', textField(1, 5), 'abcdef'],
    ['empty text', textField(1, 5), ''],
    ['half a character', textField(1, 5), '\uD800'],
    ['a zero byte', textField(1, 5), 'a\0'],
    ['a boolean as text', textField(1, 5), true],
    ['a blank name', nameField(5), '   '],
    ['null as a name', nameField(5), null],
    ['a boolean as quantity', quantityField(), true],
    ['0 as quantity', quantityField(), 0],
    ['a fraction as integer', integerField(), 1.5],
    ['an integer that JSON cannot carry', integerField(), 2 ** 53],
    ['too small an integer', integerField(1, 3), 0],
    ['too large an integer', integerField(1, 3), 4],
    ['2 as a flag', flagField(), 2],
    ['limit 0', pagingFields.limit, 0],
    ['limit 1001', pagingFields.limit, 1001],
    ['start -1', pagingFields.start, -1],
    ['a boolean as time', timeField('UTC'), true],
    ['a date as time', timeField('UTC'), new Date()],
  ])('refuses %s', (_, field, value) => {
    expect(read(field, value)).toHaveProperty('error')
  })

  it.each<[string, z.ZodType]>([
    ['text', textField(0, 5)],
    ['a name', nameField(5)],
    ...numeric.slice(0, 5),
    ['a time', timeField('UTC')],
  ])('of %s says 必填 when it is missing', (_, field) => {
    expect(read(field, undefined)).toEqual({ error: '必填' })
  })
})
