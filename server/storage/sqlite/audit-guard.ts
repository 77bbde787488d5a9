import type Database from 'better-sqlite3'
import { AUDIT_KEPT } from '#shared/audit'

const REFUSAL = `SELECT RAISE(ABORT, 'audit_entries is append-only')`

const TRIGGERS: Record<string, string> = {
  audit_entries_no_update: `BEFORE UPDATE ON audit_entries BEGIN ${REFUSAL}; END`,
  audit_entries_no_delete: `BEFORE DELETE ON audit_entries
      WHEN OLD.at > unixepoch('subsec') * 1000 - ${AUDIT_KEPT} BEGIN ${REFUSAL}; END`,
  // INSERT OR REPLACE would delete the old row without asking the trigger above.
  audit_entries_no_replace: `BEFORE INSERT ON audit_entries
      WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id) BEGIN ${REFUSAL}; END`,
}

/**
 * Makes the database itself refuse to change the audit, whatever statement tries it; only entries that have been kept
 * long enough may go. Looked after at each start, as a rebuilt table loses its triggers; where they are as they should
 * be nothing is written, so that a start on a full disk succeeds.
 */
export function guardAudit(sqlite: Database.Database) {
  const present = sqlite.prepare<[string], string>(`SELECT sql FROM sqlite_master WHERE name = ?`).pluck()
  for (const [name, definition] of Object.entries(TRIGGERS)) {
    const statement = `CREATE TRIGGER ${name} ${definition}`
    if (present.get(name) !== statement) sqlite.exec(`DROP TRIGGER IF EXISTS ${name}; ${statement}`)
  }
}
