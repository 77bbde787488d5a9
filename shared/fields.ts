import { z } from 'zod'
import { yuanToFen } from './money.ts'
import { isOrderStatus, type OrderStatus } from './order-status.ts'
import { parseEndTime, parseTime } from './time.ts'

// Zod asks by an eval whether it may compile its schemas: the pages' policy forbids that, and would report the question as a breach.
z.config({ jitless: 'window' in globalThis })

/**
 * The kinds of input fields that contract.md knows, as zod schemas. Numbers may arrive as numeric text, in bodies as in
 * queries; each error is a Chinese clause that reads on after the field's name.
 */

const DECIMAL = /^[+-]?\d+(\.\d+)?$/

function field<T>(read: (value: unknown) => T | null, error: string) {
  return z.transform((value: unknown, context): T => {
    const result = read(value)
    if (result !== null) return result
    context.issues.push({ code: 'custom', message: value === undefined ? '必填' : error, input: value })
    return z.NEVER
  })
}

function toNumber(value: unknown): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && DECIMAL.test(value.trim()) ? Number(value) : Number.NaN
}

/** Text of `min` to `max` characters. A number is taken as its digits (parse-json.ts keeps those of long ids). */
export function textField(min: number, max: number) {
  const error = min > 0 ? `必须是 ${min} 到 ${max} 个字符的文本` : `必须是不超过 ${max} 个字符的文本`
  return field((value) => {
    const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value
    // Lone surrogates would be stored as U+FFFD, so that two different ids could become one.
    return typeof text === 'string' &&
      text.length >= min &&
      text.length <= max &&
      text.isWellFormed() &&
      !text.includes('\0')
      ? text
      : null
  }, error)
}

/** Text as `textField`, which must not consist of blanks only; blanks around it are removed. */
export function nameField(max: number) {
  return field((value) => {
    const text = typeof value === 'number' ? String(value) : value
    if (typeof text !== 'string' || !text.isWellFormed() || text.includes('\0')) return null
    const trimmed = text.trim()
    return trimmed.length > 0 && trimmed.length <= max ? trimmed : null
  }, `不能为空，最多 ${max} 个字符`)
}

/** An integer from `min` to `max`, by default any that JSON carries exactly. */
export function integerField(min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) {
  const error =
    min === Number.MIN_SAFE_INTEGER
      ? '必须是整数'
      : max === Number.MAX_SAFE_INTEGER
        ? `必须是不小于 ${min} 的整数`
        : `必须是 ${min} 到 ${max} 的整数`
  return field((value) => {
    const number = toNumber(value)
    return Number.isSafeInteger(number) && number >= min && number <= max ? number + 0 : null
  }, error)
}

/** A positive quantity; vending scales sell fractions too. */
export function quantityField() {
  return field((value) => {
    const number = toNumber(value)
    return number > 0 && number <= 1e9 ? number : null
  }, '必须是大于 0 的数')
}

/** An amount in yuan, read as integer fen. */
export function amountField() {
  return field((value) => yuanToFen(toNumber(value)), '必须是金额（元），最多两位小数，不超过一万亿')
}

/** One of goBox's order statuses. */
export function statusField() {
  return field((value): OrderStatus | null => {
    const number = toNumber(value)
    return isOrderStatus(number) ? number : null
  }, '不是已知的订单状态（100、101、102、103、104、105、107、109、110）')
}

/** One of a few words. */
export function choiceField<const Choice extends string>(choices: readonly Choice[]) {
  return field((value) => choices.find((choice) => choice === value) ?? null, `必须是 ${choices.join('、')} 之一`)
}

/** 0 or 1, read as boolean. */
export function flagField() {
  return field(
    (value) =>
      value === true || value === false ? value : toNumber(value) === 1 ? true : toNumber(value) === 0 ? false : null,
    '必须是 0 或 1',
  )
}

const TIME_ERROR = '不是有效的时间，请写成 2026-11-20 08:30:00'

/** A time in the shop's `zone` (forms: see `parseTime`), read as milliseconds since the epoch. */
export function timeField(zone: string) {
  return field(
    (value) => (typeof value === 'string' || typeof value === 'number' ? parseTime(value, zone) : null),
    TIME_ERROR,
  )
}

/** An inclusive upper bound of time: a bare date covers the whole day. */
export function endTimeField(zone: string) {
  return field(
    (value) => (typeof value === 'string' || typeof value === 'number' ? parseEndTime(value, zone) : null),
    TIME_ERROR,
  )
}

/** `start` and `limit` of every list. */
export const pagingFields = {
  start: integerField(0)
    .optional()
    .transform((start) => start ?? 0),
  limit: integerField(1, 1000)
    .optional()
    .transform((limit) => limit ?? 50),
}
