import type { AuditEntry } from '#shared/audit'

/** Entries that follow each other and say the same as one, with how often and since when. */
export function foldEntries(newestFirst: AuditEntry[]): (AuditEntry & { times: number; since: string })[] {
  const folded: (AuditEntry & { times: number; since: string })[] = []
  const sameOf = ({ user, address, event, detail }: AuditEntry) => JSON.stringify([user, address, event, detail])
  for (const entry of newestFirst) {
    const last = folded.at(-1)
    if (last && sameOf(last) === sameOf(entry)) Object.assign(last, { times: last.times + 1, since: entry.at })
    else folded.push({ ...entry, times: 1, since: entry.at })
  }
  return folded
}
