import process from 'node:process'
import Database from 'better-sqlite3'
import { readMigrations } from '../../drizzle/migrations.ts'
import { migrateDatabase } from '../../server/storage/sqlite/migrate.ts'
import { openSqlite } from '../../server/storage/sqlite/open.ts'

/*
 * A later release that rebuilds the table of orders, as Drizzle does for a changed column: opens the data folder and
 * closes it. With a second argument its migration takes minutes after so many statements, and waits to be killed; it
 * ends, should nobody do that.
 */

const [folder = '', endlessAfter] = process.argv.slice(2)
const ENDLESS =
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000000) INSERT INTO `orders` (`id`) SELECT max(i) FROM n'
const migrations = readMigrations('sqlite')
const model = new Database(':memory:')
migrateDatabase(model, migrations, () => undefined)
const created = model.prepare<[], string>(`SELECT sql FROM sqlite_master WHERE name = 'orders'`).pluck().get()!
model.close()
const rebuild = [
  created
    .replace('CREATE TABLE `orders` (', 'CREATE TABLE `__new_orders` (`added` integer DEFAULT 7, ')
    .replaceAll('`orders`.', '`__new_orders`.'),
  'INSERT INTO `__new_orders` SELECT 7, * FROM `orders`',
  'DROP TABLE `orders`',
  'ALTER TABLE `__new_orders` RENAME TO `orders`',
]
if (endlessAfter) rebuild.splice(Number(endlessAfter), Infinity, ENDLESS)
const folderMillis = Math.max(...migrations.map((migration) => migration.folderMillis)) + 1
const storage = openSqlite(folder, [...migrations, { sql: rebuild, bps: true, folderMillis, hash: 'later' }])
await storage.close()
console.log('done')
