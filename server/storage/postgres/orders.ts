import type { NewOrder } from '../engine.ts'
import type { Statement } from './session.ts'

/*
 * All rows in one parameter, whose statement is prepared once however many there are. They are inserted in the order of
 * their keys: two groups that hold the same orders wait for each other, but never in a circle.
 */
const INSERT = `INSERT INTO orders (set_of_book_id, trans_id, status, e_id, dev_id, create_time, update_time, total_amount,
  products, created_at, created_user)
SELECT "setOfBookId", "transId", status, "eId", "devId", "createTime", "updateTime", "totalAmount", products, "createdAt",
  "createdUser"
FROM json_to_recordset($1) AS row (position integer, "setOfBookId" bigint, "transId" text, status integer, "eId" text,
  "devId" bigint, "createTime" bigint, "updateTime" bigint, "totalAmount" bigint, products json, "createdAt" bigint,
  "createdUser" text, "tokenHash" text)
WHERE "tokenHash" IS NULL
  OR EXISTS (SELECT FROM set_of_books WHERE id = "setOfBookId" AND token_hash = "tokenHash")
  OR EXISTS (SELECT FROM replaced_tokens r WHERE r.set_of_book_id = "setOfBookId" AND r.token_hash = "tokenHash")
ORDER BY "setOfBookId", "transId", position
ON CONFLICT (set_of_book_id, trans_id) DO NOTHING RETURNING id, set_of_book_id, trans_id`

const keyOf = (setOfBookId: number, transId: string) => `${setOfBookId} ${transId}`

/** One statement that inserts the orders that are not there yet. */
export function insertStatement(rows: NewOrder[]): Statement {
  const numbered = rows.map((row, position) => ({ position, ...row }))
  return { name: 'insert_orders', text: INSERT, values: [JSON.stringify(numbered)], rowMode: 'array' }
}

/** The id of each row that the statement has inserted, `null` for the others. */
export function newIds(rows: NewOrder[], inserted: unknown[]): (number | null)[] {
  const ids = new Map((inserted as [number, number, string][]).map(([id, set, transId]) => [keyOf(set, transId), id]))
  return rows.map(({ setOfBookId, transId }) => {
    const key = keyOf(setOfBookId, transId)
    const id = ids.get(key) ?? null
    // Of several with the same key the first was inserted.
    ids.delete(key)
    return id
  })
}
