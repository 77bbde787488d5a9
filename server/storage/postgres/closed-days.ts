import { LONGEST_DAY } from '#shared/time'
import type { Runner } from './session.ts'

/*
 * What goBox still tells of the orders of closed days is listed in the transaction that stores it, whoever writes. A
 * close and a write of the same account set may come together: each write holds the set's lock along with others, a
 * close holds it alone, so that one of the two sees the other.
 */

/** Names the locks of days among the advisory locks. */
const DAYS = 7301

/** The lock of an account set's days until the transaction ends. */
export const lockStatement = (setOfBookId: number, mode: 'shared' | 'alone') =>
  `SELECT pg_advisory_xact_lock${mode === 'shared' ? '_shared' : ''}(${DAYS}, ${Number(setOfBookId)}::int)`

const COLUMNS = `set_of_book_id, date, at, order_id, trans_id, old_status, old_amount, old_dev_id, old_create_time,
  new_status, new_amount, new_dev_id, new_create_time, lines_changed`

/** Bounded on both sides, or the index would be read from the first closed day on. */
const isIn = (row: string) =>
  `day.set_of_book_id = ${row}.set_of_book_id AND day.closed_at IS NOT NULL
    AND day.begin_at BETWEEN ${row}.create_time - ${LONGEST_DAY} AND ${row}.create_time
    AND day.end_at >= ${row}.create_time`

/* Each statement of such a function sees what is committed when it begins: after the lock, a close that held it. */
const TRIGGERS = `
CREATE OR REPLACE FUNCTION closed_days_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(${DAYS}, sets.id::int)
    FROM (SELECT DISTINCT set_of_book_id AS id FROM added ORDER BY 1) AS sets;
  INSERT INTO settlement_changes (${COLUMNS})
  SELECT added.set_of_book_id, day.date, added.created_at, added.id, added.trans_id, NULL, NULL, NULL, NULL,
    added.status, added.total_amount, added.dev_id, added.create_time, true
  FROM added JOIN settlement_days AS day ON ${isIn('added')};
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER closed_days_insert AFTER INSERT ON orders
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION closed_days_insert();
CREATE OR REPLACE FUNCTION closed_days_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(${DAYS}, NEW.set_of_book_id::int);
  INSERT INTO settlement_changes (${COLUMNS})
  SELECT NEW.set_of_book_id, day.date, floor(extract(epoch FROM clock_timestamp()) * 1000), NEW.id, NEW.trans_id,
    OLD.status, OLD.total_amount, OLD.dev_id, OLD.create_time, NEW.status, NEW.total_amount, NEW.dev_id,
    NEW.create_time, NEW.products::text IS DISTINCT FROM OLD.products::text
  FROM settlement_days AS day WHERE (${isIn('NEW')}) OR (${isIn('OLD')});
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER closed_days_update
  AFTER UPDATE OF status, total_amount, products, dev_id, create_time ON orders FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status OR OLD.total_amount IS DISTINCT FROM NEW.total_amount
    OR OLD.products::text IS DISTINCT FROM NEW.products::text OR OLD.dev_id IS DISTINCT FROM NEW.dev_id
    OR OLD.create_time IS DISTINCT FROM NEW.create_time)
  EXECUTE FUNCTION closed_days_update();`

/** Looked after at each start; runs inside the transaction that migrates. */
export async function watchClosedDays(transaction: Runner) {
  await transaction.query(TRIGGERS)
}
