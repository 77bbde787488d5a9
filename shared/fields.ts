import { z } from 'zod'
import { yuanToFen } from './money.ts'
import { isOrderStatus, type OrderStatus } from './order-status.ts'
import { dateOfTime, isDate } from './dates.ts'
import { parseEndTime, parseTime } from './time.ts'

// Zod asks by an eval whether it may compile its schemas: the pages' policy forbids that, and would report the question
// as a breach.
z.config({ jitless: 'window' in globalThis })

/**
 * The kinds of input fields (docs/api.md, Conventions) as zod schemas. Numbers may arrive as numeric text, in bodies as
 * in queries; each error is a Chinese clause that reads on after the field's name.
 */

/** A price has six decimals and an amount two: beyond these no price is worth anything. */
const MIN_QUANTITY = 0.000001
const MAX_QUANTITY = 1_000_000

const DECIMAL = /^[+-]?\d+(\.\d+)?$/

/** The rule that a field breaks, and what its clause names: `words.rule` in i18n/errors. */
export interface Rule {
  rule: string
  [name: string]: string | number
}

const REQUIRED: Rule = { rule: 'required' }

type Context = z.core.$RefinementCtx

/** Refuses a value for the rule that it breaks. */
function refuse(context: Context, value: unknown, error: string, rule: Rule): never {
  const [message, params] = value === undefined ? ['必填', REQUIRED] : [error, rule]
  context.issues.push({ code: 'custom', message, params, input: value })
  return z.NEVER
}

/** The rule is noted with the schema: the description of the API is made of it. */
function noteRule<Schema extends z.ZodType>(schema: Schema, rule: Rule): Schema {
  z.globalRegistry.add(schema, { rule })
  return schema
}

/** A field that `read` makes of what came, or refuses with `null`. */
export function field<T>(read: (value: unknown) => T | null, error: string, rule: Rule) {
  const schema = z.transform((value: unknown, context): T => read(value) ?? refuse(context, value, error, rule))
  return noteRule(schema, rule)
}

function toNumber(value: unknown): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && DECIMAL.test(value.trim()) ? Number(value) : Number.NaN
}

/** Text of `min` to `max` characters, `null` if the value is none. */
function readText(value: unknown, min: number, max: number): string | null {
  const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value
  // Lone surrogates would be stored as U+FFFD, so that two different ids could become one.
  return typeof text === 'string' &&
    text.length >= min &&
    text.length <= max &&
    text.isWellFormed() &&
    !text.includes('\0')
    ? text
    : null
}

const textRule = (min: number, max: number): [error: string, rule: Rule] =>
  min > 0
    ? [`必须是 ${min} 到 ${max} 个字符的文本`, { rule: 'text', min, max }]
    : [`必须是不超过 ${max} 个字符的文本`, { rule: 'text_up_to', max }]

/** Text of `min` to `max` characters. A number is taken as its digits (parse-json.ts keeps those of long ids). */
export function textField(min: number, max: number) {
  return field((value) => readText(value, min, max), ...textRule(min, max))
}

const MAX_TRANS_ID = 64

/** The id of an order: text without white space at its ends, which people would not see. */
export function transIdField() {
  const [error, rule] = textRule(1, MAX_TRANS_ID)
  const schema = z.transform((value: unknown, context): string => {
    const text = readText(value, 1, MAX_TRANS_ID)
    if (text === null) return refuse(context, value, error, rule)
    return text === text.trim() ? text : refuse(context, value, '首尾不能有空白', { rule: 'no_blanks_around' })
  })
  return noteRule(schema, { rule: 'trans_id', max: MAX_TRANS_ID })
}

/** Text as `textField`, which must not consist of blanks only; blanks around it are removed. */
export function nameField(max: number) {
  return field(
    (value) => {
      const text = typeof value === 'number' ? String(value) : value
      if (typeof text !== 'string' || !text.isWellFormed() || text.includes('\0')) return null
      const trimmed = text.trim()
      return trimmed.length > 0 && trimmed.length <= max ? trimmed : null
    },
    `不能为空，最多 ${max} 个字符`,
    { rule: 'name', max },
  )
}

/** An integer from `min` to `max`, by default any that JSON carries exactly. */
export function integerField(min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) {
  const [error, rule]: [string, Rule] =
    min === Number.MIN_SAFE_INTEGER
      ? ['必须是整数', { rule: 'integer' }]
      : max === Number.MAX_SAFE_INTEGER
        ? [`必须是不小于 ${min} 的整数`, { rule: 'integer_from', min }]
        : [`必须是 ${min} 到 ${max} 的整数`, { rule: 'integer_between', min, max }]
  return field(
    (value) => {
      const number = toNumber(value)
      return Number.isSafeInteger(number) && number >= min && number <= max ? number + 0 : null
    },
    error,
    rule,
  )
}

/** A positive quantity; vending scales sell fractions too. */
export function quantityField() {
  return field(
    (value) => {
      const number = toNumber(value)
      return number >= MIN_QUANTITY && number <= MAX_QUANTITY ? number : null
    },
    '必须是 0.000001 到 1000000 的数',
    { rule: 'quantity' },
  )
}

/** An amount in yuan, read as integer fen. */
export function amountField() {
  return field((value) => yuanToFen(toNumber(value)), '必须是金额（元），最多两位小数，不超过一万亿', {
    rule: 'amount',
  })
}

/** One of goBox's order statuses. */
export function statusField() {
  return field(
    (value): OrderStatus | null => {
      const number = toNumber(value)
      return isOrderStatus(number) ? number : null
    },
    '不是已知的订单状态（100、101、102、103、104、105、107、109、110）',
    { rule: 'status' },
  )
}

/** One of a few words. */
export function choiceField<const Choice extends string>(choices: readonly Choice[]) {
  const listed = choices.join('、')
  return field((value) => choices.find((choice) => choice === value) ?? null, `必须是 ${listed} 之一`, {
    rule: 'choice',
    choices: listed,
  })
}

/** 0 or 1, read as boolean. */
export function flagField() {
  return field(
    (value) =>
      value === true || value === false ? value : toNumber(value) === 1 ? true : toNumber(value) === 0 ? false : null,
    '必须是 0 或 1',
    { rule: 'flag' },
  )
}

const TIME_ERROR = '不是有效的时间，请写成 2026-11-20 08:30:00'

/** A time in the shop's `zone` (forms: see `parseTime`), read as milliseconds since the epoch. */
export function timeField(zone: string) {
  return field(
    (value) => (typeof value === 'string' || typeof value === 'number' ? parseTime(value, zone) : null),
    TIME_ERROR,
    { rule: 'time' },
  )
}

/** An inclusive upper bound of time: a bare date covers the whole day. */
export function endTimeField(zone: string) {
  return field(
    (value) => (typeof value === 'string' || typeof value === 'number' ? parseEndTime(value, zone) : null),
    TIME_ERROR,
    { rule: 'time' },
  )
}

/** A time of the day as `HH:mm`. */
export function clockField() {
  return field(
    (value) => (typeof value === 'string' && /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(value) ? value : null),
    '必须是 08:30 这样的时间',
    { rule: 'clock' },
  )
}

/** What the schema reads, or `null` for none. */
export function orNull<Value>(schema: z.ZodType<Value>) {
  const nullable = z.transform((value: unknown, context): Value | null => {
    if (value === null) return null
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    const { message, ...issue } = parsed.error.issues[0]!
    context.issues.push({ code: 'custom', message, params: (issue as { params?: object }).params, input: value })
    return z.NEVER
  })
  z.globalRegistry.add(nullable, { ...z.globalRegistry.get(schema), isNullable: true })
  return nullable
}

const DATE_ERROR = '不是有效的日期，请写成 2026-11-20'

/** A date, `YYYY-MM-DD` alone. */
export function dateField() {
  return field((value) => (typeof value === 'string' && isDate(value.trim()) ? value.trim() : null), DATE_ERROR, {
    rule: 'date',
  })
}

/** The day, in the shop's `zone`, of a time in any of its forms. */
function dayField(zone: string) {
  return field(
    (value) => {
      const time = typeof value === 'string' || typeof value === 'number' ? parseTime(value, zone) : null
      return time === null ? null : dateOfTime(time, zone)
    },
    DATE_ERROR,
    { rule: 'date' },
  )
}

/** The first and the last day of a stretch of days. */
export function dateRangeFields(zone: string) {
  return { start_date: dayField(zone).optional(), end_date: dayField(zone).optional() }
}

/** `start` and `limit` of every list. */
export const pagingFields = {
  start: integerField(0).default(0),
  limit: integerField(1, 1000).default(50),
}
