import type { LineChange, LineChanges, LineFacts } from '#shared/order-history'
import type { OrderLine } from '#shared/orders'

/** Fields that a message changed, as `[before, after]`, by the names of the order's columns. */
export type Change = Record<string, [unknown, unknown]>

/** What an entry about a changed order keeps; amounts in fen, times in milliseconds. */
export interface ChangeDetail {
  change?: Change
  lines?: LineChanges
  withheld?: Change
  withheld_lines?: LineChanges
}

/**
 * Bytes of the lines that one entry tells of. Somebody may change all 200 lines again and again; a page of the history
 * stays small.
 */
const MAX_LINES_BYTES = 16 * 1024

const factsOf = ({ name, num, amount, cost }: OrderLine): LineFacts => ({ name, num, amount, cost: cost ?? null })

/** The facts in which two lines differ; `null` if they are equal. */
function differing(before: LineFacts, after: LineFacts): Pick<LineChange, 'before' | 'after'> | null {
  const fields = (Object.keys(before) as (keyof LineFacts)[]).filter((field) => before[field] !== after[field])
  const pick = (facts: LineFacts) => Object.fromEntries(fields.map((field) => [field, facts[field]]))
  return fields.length > 0 ? { before: pick(before), after: pick(after) } : null
}

/** The lines by barcode; several may share one. */
function byBarcode(lines: OrderLine[]): Map<string, OrderLine[]> {
  const table = new Map<string, OrderLine[]>()
  for (const line of lines) table.set(line.barcode, [...(table.get(line.barcode) ?? []), line])
  return table
}

function* compare(before: OrderLine[], after: OrderLine[]): Generator<LineChange> {
  const earlier = byBarcode(before)
  for (const line of after) {
    const { barcode, name } = line
    const old = earlier.get(barcode)?.shift()
    const change = old ? differing(factsOf(old), factsOf(line)) : { before: null, after: factsOf(line) }
    if (change) yield { barcode, name, ...change }
  }
  for (const line of [...earlier.values()].flat())
    yield { barcode: line.barcode, name: line.name, before: factsOf(line), after: null }
}

/** The changed lines of an order, as many as an entry has room for, and how many more there are. */
export function lineChanges(before: OrderLine[], after: OrderLine[]): LineChanges {
  const lines: LineChange[] = []
  let bytes = 0
  let more = 0
  for (const line of compare(before, after)) {
    bytes += Buffer.byteLength(JSON.stringify(line))
    if (bytes <= MAX_LINES_BYTES) lines.push(line)
    else more++
  }
  return { lines, more }
}

/** A change with its lines as differences, where it holds copies of all lines. */
function split({ products, ...change }: Change): { change: Change; lines?: LineChanges } {
  return products ? { change, lines: lineChanges(products[0] as OrderLine[], products[1] as OrderLine[]) } : { change }
}

/** What the history keeps of a message's changes: of the lines their differences, not two copies of all of them. */
export function describeChange(change: Change, withheld: Change): ChangeDetail & Record<string, unknown> {
  const now = split(change)
  if (Object.keys(withheld).length === 0) return now
  const late = split(withheld)
  return { ...now, withheld: late.change, ...(late.lines ? { withheld_lines: late.lines } : {}) }
}

/** An entry's detail in today's form: earlier releases kept copies of all lines. */
export function readChange({ change, lines, withheld, withheld_lines: withheldLines }: ChangeDetail): ChangeDetail {
  const now = change && split(change)
  const late = withheld && split(withheld)
  return {
    change: now?.change,
    lines: lines ?? now?.lines,
    withheld: late?.change,
    withheld_lines: withheldLines ?? late?.lines,
  }
}
