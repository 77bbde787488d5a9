import { isUtf8 } from 'node:buffer'
import { Invalid } from './errors'

/** Ids are text for us, whatever an upstream makes of them. */
const TEXT_FIELDS = new Set(['trans_id', 'e_id', 'barcode'])
const NUMERIC_TEXT_FIELD = /"(?:trans_id|e_id|barcode)"\s*:\s*-?\d/

const [QUOTE, BACKSLASH, BRACKET, BRACE] = [...'"\\[{'].map(character => character.charCodeAt(0)) as [number, number, number, number]

/** Parses JSON; `trans_id`, `e_id` and `barcode` sent as numbers come back as the digits that were sent. Throws SyntaxError. */
export function parseJson(text: string): unknown {
  if (!NUMERIC_TEXT_FIELD.test(text)) return JSON.parse(text)
  return JSON.parse(text, (key, value, context?: { source: string }) =>
    typeof value === 'number' && TEXT_FIELDS.has(key) ? context!.source : value)
}

/** An order is three levels deep; what nests far deeper is meant to exhaust the stack of whoever walks through it. */
const MAX_DEPTH = 32

function isTooDeep(text: string): boolean {
  let depth = 0
  let inText = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (inText) {
      if (code === BACKSLASH) index++
      else if (code === QUOTE) inText = false
    }
    else if (code === QUOTE) inText = true
    else if (code === BRACKET || code === BRACE) {
      if (++depth > MAX_DEPTH) return true
    }
    else if (code === BRACKET + 2 || code === BRACE + 2) depth--
  }
  return false
}

/** A request body, which must be a JSON object in UTF-8; an empty one counts as `{}`. Throws Invalid. */
export function parseBody(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {}
  if (!isUtf8(body)) throw new Invalid('请求体不是 UTF-8 编码，请改用 UTF-8')
  const text = body.toString('utf8')
  if (isTooDeep(text)) throw new Invalid(`请求体的 JSON 嵌套超过 ${MAX_DEPTH} 层，请检查格式`)
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
