import pg from 'pg'
import { WrongSetting } from '../../config.ts'
import { seal, unseal, type SecretKey } from '../seal.ts'
import { sealedOwner } from '../sealed-owner.ts'
import { splitAddress } from './addresses.ts'
import { checkKey } from './key-check.ts'
import { findServer, prepareDatabase } from './open.ts'
import type { Runner } from './session.ts'

interface Sealed {
  row: string
  owner: string
  sealed: string
}

/** Every column that holds what `seal` made: those named `*_sealed`. */
async function sealedColumns(transaction: Runner): Promise<{ table: string; column: string }[]> {
  const { rows } = await transaction.query(`
    SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
    WHERE table_schema = current_schema() AND column_name LIKE '%\\_sealed' ORDER BY 1, 2`)
  return rows as { table: string; column: string }[]
}

async function resealColumn(transaction: Runner, table: string, column: string, from: SecretKey, to: SecretKey) {
  await transaction.query(`LOCK TABLE ${table} IN EXCLUSIVE MODE`)
  const { rows } = await transaction.query(
    `SELECT ctid::text AS row, ${sealedOwner(table)} AS owner, ${column} AS sealed FROM ${table} WHERE ${column} IS NOT NULL`,
  )
  for (const { row, owner, sealed } of rows as Sealed[]) {
    const fresh = seal(unseal(sealed, owner, from), owner, to)
    const { rowCount } = await transaction.query(`UPDATE ${table} SET ${column} = $1 WHERE ctid = $2::tid`, [
      fresh,
      row,
    ])
    // What stayed sealed with the old key would be lost with it.
    if (rowCount !== 1) throw new Error(`${table}.${column} of row ${row} was not sealed anew`)
  }
  return rows.length
}

/** A node that runs would go on sealing with the old key. */
async function refuseWhileInUse(transaction: Runner) {
  const { rows } = await transaction.query(`
    SELECT FROM pg_stat_activity
    WHERE application_name = 'goBox' AND datname = current_database() AND pid <> pg_backend_pid()`)
  if (rows.length > 0) throw new WrongSetting('还有 goBox 在使用这个数据库，请先停掉所有节点')
}

/** Leaves no page of these tables with the old text. */
async function rewrite(address: string, tables: Iterable<string>) {
  const client = new pg.Client({ connectionString: address })
  await client.connect()
  try {
    for (const table of tables) await client.query(`VACUUM FULL ${table}`)
  } finally {
    await client.end()
  }
}

/** Seals every secret of the database with another key, in one transaction; returns how many. Throws WrongSetting. */
export async function rotateKey(url: string, from: SecretKey, to: SecretKey): Promise<number> {
  const { address } = await findServer(splitAddress(url))
  let count = 0
  const tables = new Set<string>()
  await prepareDatabase(address, async (client) => {
    await refuseWhileInUse(client)
    await checkKey(client, from)
    for (const { table, column } of await sealedColumns(client)) {
      count += await resealColumn(client, table, column, from, to)
      tables.add(table)
    }
  })
  await rewrite(address, tables)
  return count
}
