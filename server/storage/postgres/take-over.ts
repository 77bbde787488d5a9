import type { MigrationMeta } from 'drizzle-orm/migrator'
import { WrongSetting } from '../../config.ts'
import type { SecretKey } from '../seal.ts'
import { splitAddress } from './addresses.ts'
import { guardAudit } from './audit-guard.ts'
import { watchClosedDays } from './closed-days.ts'
import { checkKey } from './key-check.ts'
import { migrateDatabase } from './migrate.ts'
import { findServer, prepareDatabase, withClient } from './open.ts'
import type { Runner } from './session.ts'
import { makeOrderTotals } from './totals.ts'
import { setTypeParsers } from './types.ts'

/** The database that is taken over. */
export interface Source {
  count: (table: string) => number
  /** The sum of a column of whole numbers. */
  sum: (table: string, column: string) => number
  /** The rows of a table, values in the sequence of `columns`. */
  rows: (table: string, columns: string[]) => Iterable<unknown[]>
}

/** How many rows of each table were taken over. */
export type TakenOver = Record<string, number>

/** Rows in one statement. */
const SLICE = 5000

/** What is made here and not copied. */
const OWN = ['__drizzle_migrations', 'day_rolled', 'cabinet_rolled', 'goods_rolled', 'order_deltas', 'goods_deltas']

/** The tables to copy, those that others refer to first. */
async function listTables(transaction: Runner): Promise<string[]> {
  const { rows: tables } = await transaction.query(
    'SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() AND tablename <> ALL ($1) ORDER BY 1',
    [OWN],
  )
  const { rows: references } = await transaction.query(`
    SELECT conrelid::regclass::text AS name, confrelid::regclass::text AS parent FROM pg_constraint
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace`)
  const sorted = new Set<string>()
  const add = (name: string) => {
    for (const reference of references as { name: string; parent: string }[])
      if (reference.name === name && reference.parent !== name) add(reference.parent)
    sorted.add(name)
  }
  for (const { name } of tables as { name: string }[]) add(name)
  return [...sorted]
}

async function columnsOf(transaction: Runner, table: string): Promise<{ name: string; type: string }[]> {
  const { rows } = await transaction.query(
    `SELECT quote_ident(attname) AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
    WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [table],
  )
  return rows as { name: string; type: string }[]
}

/** As text, which PostgreSQL reads as a value of any type. Its text holds no NUL, which only kept messages may have. */
function toText(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value).replaceAll('\0', '\uFFFD')
}

/** All rows as a list for each column: one statement, however many there are. */
async function copyTable(transaction: Runner, table: string, source: Source): Promise<number> {
  const columns = await columnsOf(transaction, table)
  const names = columns.map(({ name }) => name)
  const statement = `INSERT INTO ${table} (${names.join()})
    SELECT ${columns.map(({ name, type }) => `row.${name}::${type}`).join()}
    FROM unnest(${columns.map((_, index) => `$${index + 1}::text[]`).join()}) AS row (${names.join()})`
  let count = 0
  let slice: unknown[][] = []
  const flush = async () => {
    if (slice.length > 0)
      await transaction.query(
        statement,
        columns.map((_, index) => slice.map((row) => toText(row[index]))),
      )
    count += slice.length
    slice = []
  }
  for (const row of source.rows(table, names)) {
    slice.push(row)
    if (slice.length === SLICE) await flush()
  }
  await flush()
  if (names.includes('id')) await continueSequence(transaction, table)
  return count
}

async function continueSequence(transaction: Runner, table: string) {
  await transaction.query(
    `SELECT setval(sequence, greatest((SELECT max(id)::text::bigint FROM ${table}), 1), EXISTS (SELECT FROM ${table}))
    FROM pg_get_serial_sequence($1, 'id') AS sequence WHERE sequence IS NOT NULL`,
    [table],
  )
}

async function refuseUnlessEmpty(transaction: Runner, tables: string[]) {
  for (const table of tables) {
    const { rows } = await transaction.query(`SELECT FROM ${table} LIMIT 1`)
    if (rows.length > 0) throw new WrongSetting(`目标数据库不是空的（${table} 里已有数据），请换一个空的数据库`)
  }
}

/** Throws where a table has other rows than the source, or the orders' sum is another. */
async function compare(transaction: Runner, taken: TakenOver, source: Source) {
  for (const [table, count] of Object.entries(taken)) {
    const { rows } = await transaction.query(`SELECT count(*) AS count FROM ${table}`)
    const found = (rows[0] as { count: number }).count
    if (found !== count || count !== source.count(table))
      throw new Error(`${table}: ${source.count(table)} rows, ${count} copied, ${found} found`)
  }
  const sums = `SELECT coalesce(sum(total_amount), 0) AS amount, (SELECT coalesce(sum(amount), 0) FROM day_totals) AS total FROM orders`
  const [{ amount, total }] = (await transaction.query(sums)).rows as [{ amount: number; total: number }]
  const expected = source.sum('orders', 'total_amount')
  if (amount !== expected || total !== expected) throw new Error(`amounts differ: ${expected}, ${amount}, ${total}`)
}

/**
 * Copies everything from another database into an empty one, in one transaction, compares what came over, and makes the
 * totals anew. Throws WrongSetting.
 */
export async function takeOver(
  url: string,
  migrations: MigrationMeta[],
  key: SecretKey,
  source: Source,
): Promise<TakenOver> {
  setTypeParsers()
  const { address } = await findServer(splitAddress(url))
  const taken: TakenOver = {}
  await prepareDatabase(address, async (client) => {
    await migrateDatabase(client, migrations)
    const tables = await listTables(client)
    await refuseUnlessEmpty(client, tables)
    for (const table of tables) taken[table] = await copyTable(client, table, source)
    await makeOrderTotals(client)
    await guardAudit(client)
    await watchClosedDays(client)
    await checkKey(client, key)
    await compare(client, taken, source)
  })
  // Autovacuum would come to it a minute later; until then the planner takes the tables for small.
  await withClient(address, async (client) => void (await client.query('VACUUM (ANALYZE)')))
  return taken
}
