import { parseJson, type LongInteger } from './json.ts'

/** An id as C8 sent it: it goes back in the same form. */
export type C8Id = number | string | LongInteger

/** The id as the text that it is, whatever its form: 7 and "7" are the same one. */
export function c8IdDigits(id: C8Id): string {
  return typeof id === 'object' ? id.digits : String(id)
}

/** The id as JSON text, which tells a number from a text of the same digits. */
export function c8IdToText(id: C8Id): string {
  return JSON.stringify(id)
}

/** The id that `c8IdToText` wrote. */
export function c8IdFromText(text: string): C8Id {
  return parseJson(text) as C8Id
}
