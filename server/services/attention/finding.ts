import type { AttentionItem, AttentionKind, Severity } from '#shared/attention'
import type { ErrorCode, ErrorParams } from '#shared/error-codes'
import type { Standing } from '../../repositories/attention-facts.ts'

/** The input of an evaluator. */
export interface Judged {
  setOfBookId: number
  standing: Standing
  now: number
  /** The shop's. */
  zone: string
}

/** Something that needs a person now. */
export interface Finding extends Partial<Pick<AttentionItem, 'count'>> {
  /** Distinguishes the findings of a kind; empty if there is only one. */
  key?: string
  title: string
  detail: string
  code?: ErrorCode | null
  params?: ErrorParams | null
  /** Fen. */
  amount?: number
  /** When it began; where that is not known, when it was first found. */
  since?: number | null
  to: string
}

/** How one kind of need is found. */
export interface Evaluator {
  kind: AttentionKind
  severity: Severity
  /** Milliseconds after which it becomes critical. */
  graverAfter?: number
  /** About the machine: shown only with the edit permission. */
  isOfMachine?: boolean
  find: (judged: Judged) => Promise<Finding[]> | Finding[]
}

/** An address of the pages. */
export function pageAt(path: string, query: Record<string, string | number>): string {
  const text = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) text.set(name, String(value))
  return `${path}?${text}`
}
