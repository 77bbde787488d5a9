import { crc32 } from 'node:zlib'
import type Database from 'better-sqlite3'
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { cabinetTotals, DAY_OFFSET, dayTotals, goodsTotals } from '#drizzle/totals'
import { PAID } from '#shared/order-status'
import { DAY } from '#shared/time'

/*
 * How SQLite keeps the totals of drizzle/totals.ts: triggers do, in the transaction of each write, whoever makes it.
 * What is sold of each product takes as long to add as the order itself, so that new orders are added to the goods'
 * totals later, in slices: those after `goods_counted.upto` are in none of them yet. A database whose totals were made
 * by another definition gets new ones at the start.
 */

const day = (row: string) => `(${row}.create_time + ${DAY_OFFSET}) / ${DAY}`

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

/** WITHOUT ROWID: the primary key is the table, so that one look-up adds to a total. */
function definitionOf(table: SQLiteTable): string {
  const { name, columns, primaryKeys } = getTableConfig(table)
  const key = primaryKeys[0]!.columns.map((column) => column.name)
  const parts = [
    ...columns.map((column) => `${column.name} ${column.getSQLType()} NOT NULL`),
    `PRIMARY KEY (${key.join(', ')})`,
  ]
  return `DROP TABLE IF EXISTS ${name};\nCREATE TABLE ${name} (${parts.join(', ')}) WITHOUT ROWID;`
}

const TABLES = `${[dayTotals, cabinetTotals, goodsTotals].map(definitionOf).join('\n')}
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

/**
 * Sees to it that the totals are there, made by this definition and kept by its triggers (which a rebuilt table loses).
 */
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

/** Up to which order, in the sequence in which they came, the goods are counted. */
export function countedUpTo(sqlite: Database.Database): number {
  return sqlite.prepare('SELECT upto FROM goods_counted').pluck().get() as number
}

/** Adds the next new orders to the goods' totals, in a transaction under way. Returns whether there are more. */
export function countNextGoods(sqlite: Database.Database): boolean {
  const upto = countedUpTo(sqlite)
  const last = (sqlite.prepare('SELECT max(id) FROM orders').pluck().get() as number | null) ?? 0
  if (last <= upto) return false
  const next = Math.min(last, upto + SLICE)
  sqlite.prepare(addGoodsBetween).run(upto + 1, next)
  sqlite.prepare('UPDATE goods_counted SET upto = ?').run(next)
  return next < last
}
