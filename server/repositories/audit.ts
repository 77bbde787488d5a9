import { and, count, desc, eq, gte, lt, lte } from 'drizzle-orm'
import { auditEntries } from '#drizzle/schema/audit'
import { AUDIT_KEPT, type AuditDetail, type AuditEvent, type AuditQuery } from '#shared/audit'
import { useStorage, type Tx } from '../storage/engine.ts'

/** Who does something, for which account set, and from where. */
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

/** Writes an entry about what changes nothing else here. */
export async function recordAudit(by: Actor, event: AuditEvent, detail?: AuditDetail): Promise<void> {
  await useStorage().write((tx) => addAudit(tx, by, event, detail))
}

/** A page of the account set's entries that match, newest first, and how many match. */
export async function listAudit(
  setOfBookId: number,
  query: AuditQuery,
): Promise<{ total: number; rows: AuditRecord[] }> {
  const { db } = useStorage()
  const where = and(
    eq(auditEntries.setOfBookId, setOfBookId),
    query.event === undefined ? undefined : eq(auditEntries.event, query.event),
    query.user === undefined ? undefined : eq(auditEntries.user, query.user),
    query.start_date === undefined ? undefined : gte(auditEntries.at, query.start_date),
    query.end_date === undefined ? undefined : lte(auditEntries.at, query.end_date),
  )
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

/** Forgets entries that have been kept for a year. Returns how many. */
export async function sweepAudit(now: number): Promise<number> {
  return useStorage().write(async (tx) => {
    const swept = await tx
      .delete(auditEntries)
      .where(lt(auditEntries.at, now - AUDIT_KEPT))
      .returning({ id: auditEntries.id })
    return swept.length
  })
}
