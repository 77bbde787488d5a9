import { describe, expect, it } from 'vitest'
import { parseBody } from '../../../server/json.ts'

const nested = (depth: number, inner = '1') =>
  Buffer.from(`${'{"a":['.repeat(depth / 2)}${inner}${']}'.repeat(depth / 2)}`)

describe('a body', () => {
  it('of 32 levels is read', () => {
    expect(() => parseBody(nested(32))).not.toThrow()
  })

  it.each([34, 1000, 1_000_000])('of %i levels is refused', (depth) => {
    expect(() => parseBody(nested(depth))).toThrow(/嵌套超过 32 层/)
  })

  it('may hold any brackets in its texts, also behind a quote in them', () => {
    const text = `\\"${'[{'.repeat(100)}\\\\`
    expect(() => parseBody(nested(2, `"${text}"`))).not.toThrow()
  })
})
