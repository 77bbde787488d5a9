import type Database from 'better-sqlite3'
import { LONGEST_DAY } from '#shared/time'

/*
 * What goBox still tells of the orders of closed days is listed in the transaction that stores it: a change by a
 * trigger, whoever makes it; new orders by the function that inserts them, a group at a time, since a trigger costs
 * each row as much as two indexes.
 */

/** Bounded on both sides, or the index would be read from the first closed day on. */
const beginsBetween = (from: string, to: string) => `begin_at BETWEEN ${from} - ${LONGEST_DAY} AND ${to}`

const isIn = (row: string) =>
  `settlement_days.set_of_book_id = ${row}.set_of_book_id AND closed_at IS NOT NULL
    AND ${beginsBetween(`${row}.create_time`, `${row}.create_time`)} AND end_at >= ${row}.create_time`

const COLUMNS = `set_of_book_id, date, at, order_id, trans_id, old_status, old_amount, old_dev_id, old_create_time,
  new_status, new_amount, new_dev_id, new_create_time, lines_changed`

const columnsOf = (row: string) => `${row}.status, ${row}.total_amount, ${row}.dev_id, ${row}.create_time`

const NOTE_NEW = `INSERT INTO settlement_changes (${COLUMNS})
  SELECT settlement_days.set_of_book_id, date, created_at, orders.id, trans_id, NULL, NULL, NULL, NULL, ${columnsOf('orders')}, 1
  FROM orders JOIN settlement_days ON ${isIn('orders')} WHERE orders.id = ?`

const ANY_CLOSED = `SELECT 1 FROM settlement_days
  WHERE set_of_book_id = :setOfBookId AND closed_at IS NOT NULL
    AND ${beginsBetween(':first', ':last')} AND end_at >= :first LIMIT 1`

/** An order that was just inserted. */
export interface Inserted {
  id: number
  setOfBookId: number
  createTime: number
}

/** The times between which orders lie, by account set. */
function spansOf(inserted: Inserted[]) {
  const spans = new Map<number, { first: number; last: number }>()
  for (const { setOfBookId, createTime } of inserted) {
    const span = spans.get(setOfBookId)
    if (!span) spans.set(setOfBookId, { first: createTime, last: createTime })
    else if (createTime < span.first) span.first = createTime
    else if (createTime > span.last) span.last = createTime
  }
  return spans
}

/** Makes the function that lists those of the inserted orders that lie in closed days. */
export function makeLateOrderNotes(sqlite: Database.Database): (inserted: Inserted[]) => void {
  const anyClosed = sqlite.prepare(ANY_CLOSED)
  const note = sqlite.prepare(NOTE_NEW)
  return (inserted) => {
    for (const [setOfBookId, span] of spansOf(inserted)) {
      if (!anyClosed.get({ setOfBookId, ...span })) continue
      for (const order of inserted) if (order.setOfBookId === setOfBookId) note.run(order.id)
    }
  }
}

const WATCHED = ['status', 'total_amount', 'products', 'dev_id', 'create_time']

const NOTE_CHANGED = `CREATE TRIGGER closed_days_update AFTER UPDATE OF ${WATCHED.join(', ')} ON orders
  WHEN ${WATCHED.map((column) => `NEW.${column} IS NOT OLD.${column}`).join(' OR ')}
  BEGIN
    INSERT INTO settlement_changes (${COLUMNS})
    SELECT set_of_book_id, date, CAST(unixepoch('subsec') * 1000 AS INTEGER), NEW.id, NEW.trans_id,
      ${columnsOf('OLD')}, ${columnsOf('NEW')}, NEW.products IS NOT OLD.products
    FROM settlement_days WHERE (${isIn('NEW')}) OR (${isIn('OLD')});
  END`

/** Looked after at each start, as a rebuilt table loses its triggers. */
export function watchClosedDays(sqlite: Database.Database) {
  const present = sqlite.prepare(`SELECT sql FROM sqlite_master WHERE name = 'closed_days_update'`).pluck().get()
  if (present !== NOTE_CHANGED) sqlite.exec(`DROP TRIGGER IF EXISTS closed_days_update; ${NOTE_CHANGED}`)
  // Of an earlier release, which listed new orders by a trigger, too.
  sqlite.exec('DROP TRIGGER IF EXISTS closed_days_insert')
}
