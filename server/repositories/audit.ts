import { and, count, desc, eq, gte, lt, lte, or } from 'drizzle-orm'
import { auditEntries } from '#drizzle/schema/audit'
import { AUDIT_KEPT, type AuditDetail, type AuditEvent, type AuditFilter, type AuditQuery } from '#shared/audit'
import { useStorage, type Tx } from '../storage/engine.ts'
import { nextTurn } from '../turns.ts'

/** Who acts, for which account set, and from which address. */
export interface Actor {
  setOfBookId: number | null
  user: string
  address: string
}

export type AuditRecord = typeof auditEntries.$inferSelect

/** Writes an entry in the transaction of the change that it records. */
export async function addAudit(tx: Tx, by: Actor, event: AuditEvent, detail?: AuditDetail): Promise<void> {
  await tx.insert(auditEntries).values({ ...by, at: Date.now(), event, detail: detail ?? null })
}

/** Writes an entry for an action that changes no other table. */
export async function recordAudit(by: Actor, event: AuditEvent, detail?: AuditDetail): Promise<void> {
  await useStorage().write((tx) => addAudit(tx, by, event, detail))
}

const entriesMatch = (setOfBookId: number, { event, user, start_date: start, end_date: end }: AuditFilter) =>
  and(
    eq(auditEntries.setOfBookId, setOfBookId),
    event === undefined ? undefined : eq(auditEntries.event, event),
    user === undefined ? undefined : useStorage().dialect.contains(auditEntries.user, user),
    start === undefined ? undefined : gte(auditEntries.at, start),
    end === undefined ? undefined : lte(auditEntries.at, end),
  )

/** A page of the account set's entries that match, newest first, and how many match. */
export async function listAudit(
  setOfBookId: number,
  query: AuditQuery,
): Promise<{ total: number; rows: AuditRecord[] }> {
  const { db } = useStorage()
  const where = entriesMatch(setOfBookId, query)
  const [counted] = await db.select({ total: count() }).from(auditEntries).where(where)
  const rows = await db
    .select()
    .from(auditEntries)
    .where(where)
    .orderBy(desc(auditEntries.at), desc(auditEntries.id))
    .limit(query.limit)
    .offset(query.start)
  return { total: counted!.total, rows }
}

/** Entries per read of an export. */
const SLICE = 200

/** All of the account set's entries that match, newest first, a slice at a time. */
export async function* readAudit(
  setOfBookId: number,
  filter: AuditFilter,
  client: AbortSignal,
): AsyncGenerator<AuditRecord[]> {
  let last: AuditRecord | undefined
  do {
    const behind =
      last && or(lt(auditEntries.at, last.at), and(eq(auditEntries.at, last.at), lt(auditEntries.id, last.id)))
    const rows = await useStorage()
      .db.select()
      .from(auditEntries)
      .where(and(entriesMatch(setOfBookId, filter), last && lte(auditEntries.at, last.at), behind))
      .orderBy(desc(auditEntries.at), desc(auditEntries.id))
      .limit(SLICE)
    if (rows.length > 0) yield rows
    last = rows.length === SLICE ? rows.at(-1) : undefined
    await nextTurn(client)
  } while (last)
}

/** Deletes entries older than a year. Returns how many. */
export async function sweepAudit(now: number): Promise<number> {
  return useStorage().write(async (tx) => {
    const swept = await tx
      .delete(auditEntries)
      .where(lt(auditEntries.at, now - AUDIT_KEPT))
      .returning({ id: auditEntries.id })
    return swept.length
  })
}
