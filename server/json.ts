import { isUtf8 } from 'node:buffer'
import { MAX_DEPTH, parseJson } from '#shared/json'
import { Invalid } from './errors.ts'

/** A request body, which must be a JSON object in UTF-8; an empty one counts as `{}`. Throws Invalid. */
export function parseBody(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {}
  if (!isUtf8(body)) throw new Invalid('请求体不是 UTF-8 编码，请改用 UTF-8', { code: 'body_not_utf8' })
  const text = body.toString('utf8')
  let value: unknown
  try {
    value = parseJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch (cause) {
    throw cause instanceof RangeError
      ? new Invalid(`请求体的 JSON 嵌套超过 ${MAX_DEPTH} 层，请检查格式`, {
          code: 'body_too_deep',
          params: { max: MAX_DEPTH },
          cause,
        })
      : new Invalid('请求体不是有效的 JSON，请检查格式', { code: 'body_not_json', cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Invalid('请求体必须是一个 JSON 对象', { code: 'body_not_object' })
  return value as Record<string, unknown>
}
