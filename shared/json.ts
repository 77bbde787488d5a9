/* V8 has had this since Node 22; the types of TypeScript 5.9 do not know it yet. */
declare global {
  interface JSON {
    rawJSON: (text: string) => object
  }
}

/** An integer too long for a number; it goes into JSON with the digits that it came with. */
export class LongInteger {
  readonly digits: string
  constructor(digits: string) {
    this.digits = digits
  }

  toJSON() {
    return JSON.rawJSON(this.digits)
  }
}

/** Ids are text for us, whatever an upstream makes of them. */
const TEXT_FIELDS = new Set(['trans_id', 'e_id', 'barcode'])

/** An order is three levels deep; what nests far deeper is meant to exhaust the stack of whoever walks through it. */
export const MAX_DEPTH = 32

/**
 * Whether a parsed object or array holds a number whose digits are asked for: an id of ours, or more of them than a
 * number holds.
 */
function needsSource(value: object, depth: number): boolean {
  if (depth > MAX_DEPTH) throw new RangeError('JSON nests too deep')
  const { trans_id: transId, e_id: eId, barcode } = value as Record<string, unknown>
  let needs = typeof transId === 'number' || typeof eId === 'number' || typeof barcode === 'number'
  // To the end whatever is found, for the depth of what follows. Keys are left out: asking for them takes five times as
  // long.
  for (const field of Object.values(value) as unknown[]) {
    if (typeof field === 'number') needs ||= Math.abs(field) > Number.MAX_SAFE_INTEGER
    else if (typeof field === 'object' && field !== null && needsSource(field, depth + 1)) needs = true
  }
  return needs
}

function keepDigits(key: string, value: unknown, context?: { source: string }): unknown {
  if (typeof value !== 'number') return value
  if (TEXT_FIELDS.has(key)) return context!.source
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(context!.source) ? value : new LongInteger(context!.source)
}

/**
 * Parses JSON without losing digits: `trans_id`, `e_id` and `barcode` sent as numbers come back as the text that was
 * sent, other integers beyond 2^53 as LongInteger. Throws SyntaxError, and RangeError for more than 32 levels.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  // Asking for the sources takes several times as long as parsing, and goBox's messages have no such number.
  return needsSource([value], 0) ? JSON.parse(text, keepDigits) : value
}
