// The limit that the webhook is measured against: node:http, JSON.parse, the same row with the same indexes, grouped
// commits, fsync.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { listen, totalOf } from './bare-http.mjs'
import Database from 'better-sqlite3'

const [folder, port] = process.argv.slice(2)
const db = new Database(join(folder, 'bare.db'))
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')
const migrations = new URL('../drizzle/migrations/sqlite/', import.meta.url)
for (const file of readdirSync(migrations)
  .filter((name) => name.endsWith('.sql'))
  .sort()) {
  db.exec(readFileSync(new URL(file, migrations), 'utf8').replaceAll('--> statement-breakpoint', ''))
}
db.exec(
  `INSERT INTO set_of_books (id, set_of_book, c8_origin, token_sealed, token_hash) VALUES (1, 'A001', '', '', '')`,
)
const insert = db.prepare(`INSERT INTO orders
  (set_of_book_id, trans_id, status, e_id, dev_id, create_time, update_time, total_amount, products, created_at, created_user)
  VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'goBox') ON CONFLICT DO NOTHING`)

let waiting = []
const commit = db.transaction((group) => {
  for (const { order } of group) {
    insert.run(
      order.trans_id,
      order.status,
      order.e_id,
      order.dev_id,
      Date.parse(order.create_time),
      Date.parse(order.update_time),
      totalOf(order),
      JSON.stringify(order.products),
      Date.now(),
    )
  }
})

function flush() {
  const group = waiting
  waiting = []
  commit(group)
  for (const { response } of group) response.end('{"status":1}')
}

listen(port, (call) => {
  if (waiting.push(call) === 1) setImmediate(flush)
})
