import { isUtf8 } from 'node:buffer'
import { Invalid } from './errors'

/** Ids are text for us, whatever an upstream makes of them. */
const TEXT_FIELDS = new Set(['trans_id', 'e_id', 'barcode'])
const NUMERIC_TEXT_FIELD = /"(?:trans_id|e_id|barcode)"\s*:\s*-?\d/

/** Parses JSON; `trans_id`, `e_id` and `barcode` sent as numbers come back as the digits that were sent. Throws SyntaxError. */
export function parseJson(text: string): unknown {
  if (!NUMERIC_TEXT_FIELD.test(text)) return JSON.parse(text)
  return JSON.parse(text, (key, value, context?: { source: string }) =>
    typeof value === 'number' && TEXT_FIELDS.has(key) ? context!.source : value)
}

/** A request body, which must be a JSON object in UTF-8; an empty one counts as `{}`. Throws Invalid. */
export function parseBody(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {}
  if (!isUtf8(body)) throw new Invalid('请求体不是 UTF-8 编码，请改用 UTF-8')
  const text = body.toString('utf8')
  let value: unknown
  try {
    value = parseJson(text.charCodeAt(0) === 0xFEFF ? text.slice(1) : text)
  }
  catch (cause) {
    throw new Invalid('请求体不是有效的 JSON，请检查格式', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Invalid('请求体必须是一个 JSON 对象')
  return value as Record<string, unknown>
}
