import type { ErrorParams } from './error-codes.ts'

/** What failures are called in one language: i18n/errors. */
export interface FailureTexts {
  /** By code; `{name}` stands for a param. */
  codes: Record<string, string>
  /** Params that are words for programs, too, by their name: which rule, which step … */
  words: Record<string, Record<string, string>>
}

/** A text in which `{name}` stands for what is named so. */
export function fillIn(text: string, named: ErrorParams): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(named[name] ?? ''))
}

/** A param in words, where it is one of those; `undefined` where it is not. */
export function wordOf({ words }: FailureTexts, name: string, params: ErrorParams): string | undefined {
  const text = words[name]?.[String(params[name])]
  return text === undefined ? undefined : fillIn(text, params)
}

/** What a code and its params mean; `undefined` for a code that the texts do not know. */
export function failureText(texts: FailureTexts, code: string, params?: ErrorParams | null): string | undefined {
  const text = texts.codes[code]
  if (text === undefined) return undefined
  const named = { ...params }
  for (const name of Object.keys(named)) named[name] = wordOf(texts, name, params!) ?? named[name]!
  return fillIn(text, named)
}
