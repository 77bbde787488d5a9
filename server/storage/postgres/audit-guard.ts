import { AUDIT_KEPT } from '#shared/audit'
import type { Runner } from './session.ts'

const GUARD = `
CREATE OR REPLACE FUNCTION keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.at <= extract(epoch FROM now()) * 1000 - ${AUDIT_KEPT} THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'audit_entries is append-only';
END $$;
CREATE OR REPLACE TRIGGER audit_entries_keep BEFORE UPDATE OR DELETE ON audit_entries
  FOR EACH ROW EXECUTE FUNCTION keep_audit();
CREATE OR REPLACE TRIGGER audit_entries_keep_all BEFORE TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION keep_audit();`

/**
 * Makes the database itself refuse to change the audit, whatever statement tries it; only entries that have been kept
 * long enough may go.
 */
export async function guardAudit(transaction: Runner) {
  await transaction.query(GUARD)
}
