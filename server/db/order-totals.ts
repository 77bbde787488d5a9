import { crc32 } from 'node:zlib'
import type Database from 'better-sqlite3'
import { integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { ImportState } from '#shared/import-state'
import { PAID, type OrderStatus } from '#shared/order-status'
import { DAY } from '#shared/time'

/*
 * Totals of the orders by day, which make counts and sums independent of how many orders there are. Triggers keep them in the
 * transaction of each write, whoever makes it. What is sold of each product takes as long to add as the order itself, so that new orders
 * are added to the goods' totals later, by and by: those after `goods_counted.upto` are in none of them yet. The totals can be made again
 * from the orders at any time and so are no part of the migrations: a database whose totals were made by another definition gets new
 * ones at start.
 */

/**
 * The totals' days begin at midnight of UTC+8, the default zone, so that whole days of such a shop need no look at the orders. In
 * another zone every figure is as exact: what does not fill a day of the totals is counted from the orders.
 */
const OFFSET = 8 * 3_600_000

/** The totals' day that holds this time. */
export function dayOf(time: number): number {
  return Math.floor((time + OFFSET) / DAY)
}

/** The first millisecond of a day of the totals. */
export function beginOfDay(day: number): number {
  return day * DAY - OFFSET
}

const facts = {
  setOfBookId: integer('set_of_book_id').notNull(),
  day: integer().notNull(),
  status: integer().$type<OrderStatus>().notNull(),
  importState: text('import_state').$type<ImportState>().notNull(),
  orders: integer().notNull(),
  amount: integer().notNull(),
}

export const dayTotals = sqliteTable('day_totals', facts)

export const cabinetTotals = sqliteTable('cabinet_totals', { ...facts, devId: integer('dev_id').notNull() })

/** What was sold in paid orders that are counted. `uncosted` is the amount of the lines whose cost is not known; amounts in fen. */
export const goodsTotals = sqliteTable('goods_totals', {
  setOfBookId: integer('set_of_book_id').notNull(),
  day: integer().notNull(),
  barcode: text().notNull(),
  name: text().notNull(),
  lines: integer().notNull(),
  quantity: real().notNull(),
  amount: integer().notNull(),
  cost: integer().notNull(),
  uncosted: integer().notNull(),
})

/** Up to which order, in the sequence in which they came, the goods are counted. */
export const goodsCounted = sqliteTable('goods_counted', { upto: integer().notNull() })

const day = (row: string) => `(${row}.create_time + ${OFFSET}) / ${DAY}`

const addToDay = (row: string, sign: 1 | -1) => `
  INSERT INTO day_totals VALUES (${row}.set_of_book_id, ${day(row)}, ${row}.status, ${row}.import_state, ${sign}, ${sign} * ${row}.total_amount)
    ON CONFLICT DO UPDATE SET orders = orders + excluded.orders, amount = amount + excluded.amount;
  INSERT INTO cabinet_totals VALUES (${row}.set_of_book_id, ${day(row)}, ${row}.dev_id, ${row}.status, ${row}.import_state, ${sign}, ${sign} * ${row}.total_amount)
    ON CONFLICT DO UPDATE SET orders = orders + excluded.orders, amount = amount + excluded.amount;`

const takeFromDay = `${addToDay('OLD', -1)}
  DELETE FROM day_totals WHERE set_of_book_id = OLD.set_of_book_id AND day = ${day('OLD')} AND status = OLD.status AND import_state = OLD.import_state AND orders = 0;
  DELETE FROM cabinet_totals WHERE set_of_book_id = OLD.set_of_book_id AND day = ${day('OLD')} AND dev_id = OLD.dev_id
    AND status = OLD.status AND import_state = OLD.import_state AND orders = 0;`

/** `value` is a line as JSONB (jsonb_each), of which each field is read without parsing. */
const goodsOf = (row: string, sign: 1 | -1) => `
  SELECT ${row}.set_of_book_id, ${day(row)}, value ->> 'barcode', value ->> 'name', ${sign}, ${sign} * (value ->> 'num'), ${sign} * (value ->> 'amount'),
    ${sign} * coalesce(value ->> 'cost', 0), ${sign} * iif(value ->> 'cost' IS NULL, value ->> 'amount', 0)`

const addGoods = (row: string, sign: 1 | -1, from = `jsonb_each(${row}.products) WHERE`) => `
  INSERT INTO goods_totals ${goodsOf(row, sign)} FROM ${from} ${row}.status = ${PAID}
    ON CONFLICT DO UPDATE SET ${sign > 0 ? 'name = excluded.name,' : ''} lines = lines + excluded.lines, quantity = quantity + excluded.quantity,
      amount = amount + excluded.amount, cost = cost + excluded.cost, uncosted = uncosted + excluded.uncosted;`

const addGoodsBetween = addGoods('orders', 1, 'orders, jsonb_each(orders.products) WHERE orders.id BETWEEN ? AND ? AND')

const takeGoods = `${addGoods('OLD', -1)}
  DELETE FROM goods_totals WHERE set_of_book_id = OLD.set_of_book_id AND day = ${day('OLD')} AND lines = 0;`

const differs = (...columns: string[]) => columns.map((column) => `NEW.${column} IS NOT OLD.${column}`).join(' OR ')

/** WITHOUT ROWID: the primary key is the table, so that one look-up adds to a total. The days come first: an order touches pages that are in use. */
const TABLES = `
DROP TABLE IF EXISTS day_totals;
CREATE TABLE day_totals (set_of_book_id INTEGER, day INTEGER, status INTEGER, import_state TEXT, orders INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (set_of_book_id, day, status, import_state)) WITHOUT ROWID;
DROP TABLE IF EXISTS cabinet_totals;
CREATE TABLE cabinet_totals (set_of_book_id INTEGER, day INTEGER, dev_id INTEGER, status INTEGER, import_state TEXT, orders INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (set_of_book_id, day, dev_id, status, import_state)) WITHOUT ROWID;
DROP TABLE IF EXISTS goods_totals;
CREATE TABLE goods_totals (set_of_book_id INTEGER, day INTEGER, barcode TEXT, name TEXT NOT NULL, lines INTEGER NOT NULL, quantity REAL NOT NULL,
  amount INTEGER NOT NULL, cost INTEGER NOT NULL, uncosted INTEGER NOT NULL, PRIMARY KEY (set_of_book_id, day, barcode)) WITHOUT ROWID;
DROP TABLE IF EXISTS goods_counted;
CREATE TABLE goods_counted (upto INTEGER NOT NULL);`

const IS_COUNTED = 'OLD.id <= (SELECT upto FROM goods_counted)'

const TRIGGERS: Record<string, string> = {
  order_totals_insert: `AFTER INSERT ON orders BEGIN ${addToDay('NEW', 1)} END`,
  order_totals_delete: `AFTER DELETE ON orders BEGIN ${takeFromDay} END`,
  order_totals_delete_goods: `AFTER DELETE ON orders WHEN ${IS_COUNTED} BEGIN ${takeGoods} END`,
  order_totals_update: `AFTER UPDATE ON orders WHEN ${differs('set_of_book_id', 'create_time', 'dev_id', 'status', 'import_state', 'total_amount')}
    BEGIN ${takeFromDay} ${addToDay('NEW', 1)} END`,
  order_totals_update_goods: `AFTER UPDATE ON orders
    WHEN (${differs('set_of_book_id', 'create_time', 'products')} OR (NEW.status = ${PAID}) <> (OLD.status = ${PAID})) AND ${IS_COUNTED}
    BEGIN ${takeGoods} ${addGoods('NEW', 1)} END`,
}

const FILL = `
INSERT INTO day_totals SELECT set_of_book_id, ${day('orders')}, status, import_state, count(*), sum(total_amount) FROM orders GROUP BY 1, 2, 3, 4;
INSERT INTO cabinet_totals SELECT set_of_book_id, ${day('orders')}, dev_id, status, import_state, count(*), sum(total_amount) FROM orders GROUP BY 1, 2, 3, 4, 5;
INSERT INTO goods_counted VALUES (0);`

/** Names the definition above in the database's header, with which it is copied and restored. */
const DEFINITION = crc32(TABLES + JSON.stringify(TRIGGERS)) & 0x7fff_ffff

/** Sees to it that the totals are there, made by this definition and kept by its triggers (which a rebuilt table loses). */
export function ensureOrderTotals(sqlite: Database.Database) {
  const triggers = sqlite
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'order_totals_*'`)
    .pluck()
    .all() as string[]
  const complete = Object.keys(TRIGGERS).every((name) => triggers.includes(name))
  if (complete && sqlite.pragma('user_version', { simple: true }) === DEFINITION) return
  sqlite
    .transaction(() => {
      sqlite.exec(triggers.map((name) => `DROP TRIGGER ${name};`).join('') + TABLES + FILL)
      while (countNextGoods(sqlite));
      for (const [name, definition] of Object.entries(TRIGGERS)) sqlite.exec(`CREATE TRIGGER ${name} ${definition}`)
      sqlite.pragma(`user_version = ${DEFINITION}`)
    })
    .immediate()
}

/** So many orders are counted at once: a few milliseconds. */
const SLICE = 1000

/** Adds the next new orders to the goods' totals. Returns whether there are more. Runs inside the caller's transaction. */
export function countNextGoods(sqlite: Database.Database): boolean {
  const upto = sqlite.prepare('SELECT upto FROM goods_counted').pluck().get() as number
  const last = (sqlite.prepare('SELECT max(id) FROM orders').pluck().get() as number | null) ?? 0
  if (last <= upto) return false
  const next = Math.min(last, upto + SLICE)
  sqlite.prepare(addGoodsBetween).run(upto + 1, next)
  sqlite.prepare('UPDATE goods_counted SET upto = ?').run(next)
  return next < last
}
