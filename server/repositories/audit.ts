import { and, count, desc, eq, gte, lt, lte } from 'drizzle-orm'
import { auditEntries } from '#drizzle/schema'
import type { AuditDetail, AuditEvent, AuditQuery } from '#shared/audit'
import { AUDIT_KEPT } from '../db/audit-guard.ts'
import { useStorage } from '../db/client.ts'

/** Who does something, for which account set, and from where. */
export interface Actor {
  setOfBookId: number | null
  user: string
  address: string
}

export type AuditRecord = typeof auditEntries.$inferSelect

/** Writes an entry inside the transaction that makes the change it tells of. */
export function addAudit(by: Actor, event: AuditEvent, detail?: AuditDetail) {
  useStorage()
    .db.insert(auditEntries)
    .values({ ...by, at: Date.now(), event, detail: detail ?? null })
    .run()
}

/** Writes an entry about what changes nothing else here. */
export async function recordAudit(by: Actor, event: AuditEvent, detail?: AuditDetail): Promise<void> {
  await useStorage().write(() => addAudit(by, event, detail))
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
  return {
    total: db.select({ total: count() }).from(auditEntries).where(where).get()!.total,
    rows: db
      .select()
      .from(auditEntries)
      .where(where)
      .orderBy(desc(auditEntries.at), desc(auditEntries.id))
      .limit(query.limit)
      .offset(query.start)
      .all(),
  }
}

/** Forgets entries that have been kept for a year. Returns how many. */
export async function sweepAudit(now: number): Promise<number> {
  const { db, write } = useStorage()
  return write(
    () =>
      db
        .delete(auditEntries)
        .where(lt(auditEntries.at, now - AUDIT_KEPT))
        .run().changes,
  )
}
