import type { AttentionItem } from '#shared/attention'
import { readAttention } from './list.ts'

interface Query {
  snoozed?: boolean
  start: number
  limit: number
}

/** A page of what needs a person; items about the machine only with the edit permission. */
export async function viewAttention(
  setOfBookId: number,
  { snoozed = false, start, limit }: Query,
  mayEdit: boolean,
): Promise<{ total: number; root: AttentionItem[] }> {
  const all = await readAttention(setOfBookId, Date.now())
  const listed = all.filter(({ isSnoozed, isOfMachine }) => isSnoozed === snoozed && (mayEdit || !isOfMachine))
  return { total: listed.length, root: listed.slice(start, start + limit).map(({ item }) => item) }
}
