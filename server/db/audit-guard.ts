import type Database from 'better-sqlite3'

/** How long an audit entry is kept at least, in milliseconds. */
export const AUDIT_KEPT = 365 * 24 * 3_600_000

const REFUSAL = `SELECT RAISE(ABORT, 'audit_entries is append-only')`

/**
 * Makes the database itself refuse to change the audit, whatever statement tries it; only entries that have been kept long enough may go.
 * Set anew at each start, as a rebuilt table loses its triggers.
 */
export function guardAudit(sqlite: Database.Database) {
  sqlite.exec(`
    DROP TRIGGER IF EXISTS audit_entries_no_update;
    CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries BEGIN ${REFUSAL}; END;
    DROP TRIGGER IF EXISTS audit_entries_no_delete;
    CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
      WHEN OLD.at > unixepoch('subsec') * 1000 - ${AUDIT_KEPT} BEGIN ${REFUSAL}; END;
    -- INSERT OR REPLACE would delete the old row without asking the trigger above.
    DROP TRIGGER IF EXISTS audit_entries_no_replace;
    CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries
      WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id) BEGIN ${REFUSAL}; END;
  `)
}
