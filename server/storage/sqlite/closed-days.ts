import type Database from 'better-sqlite3'

/*
 * What goBox still tells of the orders of closed days is listed in the transaction that stores it, whoever writes. Each
 * message asks one small index for it.
 */

const isIn = (row: string) =>
  `set_of_book_id = ${row}.set_of_book_id AND closed_at IS NOT NULL AND ${row}.create_time BETWEEN begin_at AND end_at`

const COLUMNS = `set_of_book_id, date, at, order_id, trans_id, old_status, old_amount, old_dev_id, old_create_time,
  new_status, new_amount, new_dev_id, new_create_time, lines_changed`

const NEW = 'NEW.status, NEW.total_amount, NEW.dev_id, NEW.create_time'

const note = (at: string, old: string, lines: string, where: string) => `
  INSERT INTO settlement_changes (${COLUMNS})
  SELECT set_of_book_id, date, ${at}, NEW.id, NEW.trans_id, ${old}, ${NEW}, ${lines} FROM settlement_days WHERE ${where};`

const WATCHED = ['status', 'total_amount', 'products', 'dev_id', 'create_time']

const TRIGGERS: Record<string, string> = {
  closed_days_insert: `AFTER INSERT ON orders WHEN EXISTS (SELECT 1 FROM settlement_days WHERE ${isIn('NEW')})
    BEGIN ${note('NEW.created_at', 'NULL, NULL, NULL, NULL', '1', isIn('NEW'))} END`,
  closed_days_update: `AFTER UPDATE OF ${WATCHED.join(', ')} ON orders
    WHEN ${WATCHED.map((column) => `NEW.${column} IS NOT OLD.${column}`).join(' OR ')}
    BEGIN ${note(
      `CAST(unixepoch('subsec') * 1000 AS INTEGER)`,
      'OLD.status, OLD.total_amount, OLD.dev_id, OLD.create_time',
      'NEW.products IS NOT OLD.products',
      `(${isIn('NEW')}) OR (${isIn('OLD')})`,
    )} END`,
}

/** Looked after at each start, as a rebuilt table loses its triggers. */
export function watchClosedDays(sqlite: Database.Database) {
  const present = sqlite.prepare<[string], string>(`SELECT sql FROM sqlite_master WHERE name = ?`).pluck()
  for (const [name, definition] of Object.entries(TRIGGERS)) {
    const statement = `CREATE TRIGGER ${name} ${definition}`
    if (present.get(name) !== statement) sqlite.exec(`DROP TRIGGER IF EXISTS ${name}; ${statement}`)
  }
}
