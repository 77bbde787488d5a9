import type { Filter } from './state.ts'

/** Whether C8 takes a row for the one that is asked for. */
export function matches(filter: Filter, value: string | undefined, wanted: string | null): boolean {
  if (filter === 'ignore') return true
  return filter === 'ignore_case' ? value?.toLowerCase() === wanted?.toLowerCase() : value === wanted
}
