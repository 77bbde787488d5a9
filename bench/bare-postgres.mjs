// The limit that the webhook on PostgreSQL is measured against: node:http, JSON.parse, the same row with the same
// indexes and no totals, one group of messages on its way at a time.
import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'
import pg from 'pg'
import { listen, totalOf } from './bare-http.mjs'

const [url, port] = process.argv.slice(2)
const client = new pg.Client({ connectionString: url })
await client.connect()
const migrations = new URL('../drizzle/migrations/postgres/', import.meta.url)
for (const file of readdirSync(migrations)
  .filter((name) => name.endsWith('.sql'))
  .sort()) {
  await client.query(readFileSync(new URL(file, migrations), 'utf8').replaceAll('--> statement-breakpoint', ''))
}
await client.query(
  `INSERT INTO set_of_books (id, set_of_book, c8_origin, token_sealed, token_hash) VALUES (1, 'A001', '', '', '')`,
)
const insert = {
  name: 'insert',
  text: `INSERT INTO orders (set_of_book_id, trans_id, status, e_id, dev_id, create_time, update_time, total_amount,
  products, created_at, created_user)
SELECT 1, trans_id, status, e_id, dev_id, create_time, update_time, total, products, created_at, 'goBox'
FROM json_to_recordset($1) AS row (trans_id text, status int, e_id text, dev_id bigint, create_time bigint,
  update_time bigint, total bigint, products json, created_at bigint)
ON CONFLICT DO NOTHING`,
}

function toRow(order) {
  return {
    ...order,
    create_time: Date.parse(order.create_time),
    update_time: Date.parse(order.update_time),
    total: totalOf(order),
    created_at: Date.now(),
  }
}

let waiting = []
let isFlying = false

async function fly() {
  while (waiting.length > 0) {
    const group = waiting
    waiting = []
    await client.query({ ...insert, values: [JSON.stringify(group.map(({ order }) => toRow(order)))] })
    for (const { response } of group) response.end('{"status":1}')
  }
  isFlying = false
}

listen(port, (call) => {
  waiting.push(call)
  if (isFlying) return
  isFlying = true
  setImmediate(fly)
})
