import type Database from 'better-sqlite3'
import type { NewOrder } from '../engine.ts'
import { makeLateOrderNotes, type Inserted } from './closed-days.ts'

const INSERT = `INSERT INTO orders
  (set_of_book_id, trans_id, status, e_id, dev_id, create_time, update_time, total_amount, products, created_at, created_user)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`

/** Inserts one order. Returns its id, or `null` where it was there already. */
function makeInsert(sqlite: Database.Database): (row: NewOrder) => number | null {
  const statement = sqlite.prepare(INSERT)
  return (row) => {
    const { changes, lastInsertRowid } = statement.run(
      row.setOfBookId,
      row.transId,
      row.status,
      row.eId,
      row.devId,
      row.createTime,
      row.updateTime,
      row.totalAmount,
      JSON.stringify(row.products),
      row.createdAt,
      row.createdUser,
    )
    return changes > 0 ? Number(lastInsertRowid) : null
  }
}

/**
 * Inserts orders, without Drizzle, whose builder takes ten times as long as SQLite: this is what each message of goBox
 * runs. Those of closed days are listed as changes of them.
 */
export function makeOrderInsert(sqlite: Database.Database): (rows: NewOrder[]) => (number | null)[] {
  const insert = makeInsert(sqlite)
  const noteLateOrders = makeLateOrderNotes(sqlite)
  return (rows) => {
    const inserted: Inserted[] = []
    const ids = rows.map((row) => {
      const id = insert(row)
      if (id !== null) inserted.push({ id, setOfBookId: row.setOfBookId, createTime: row.createTime })
      return id
    })
    noteLateOrders(inserted)
    return ids
  }
}
