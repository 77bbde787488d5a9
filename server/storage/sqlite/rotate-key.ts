import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { sealedOwner } from '../sealed-owner.ts'
import { KEY_FILE, makeKey, NEW_KEY_FILE, seal, toKey, unseal, type SecretKey } from '../seal.ts'

interface Sealed {
  row: number
  owner: string
  sealed: string
}

/** Every column that holds what seal.ts made: those named `*_sealed`. */
function sealedColumns(sqlite: Database.Database): { table: string; column: string }[] {
  return sqlite
    .prepare<[], { table: string; column: string }>(
      `
    SELECT m.name AS "table", c.name AS "column" FROM sqlite_master m, pragma_table_info(m.name) c
    WHERE m.type = 'table' AND c.name LIKE '%\\_sealed' ESCAPE '\\'`,
    )
    .all()
}

/**
 * Re-encrypts every secret of the database in one transaction and leaves no page with the old text. Returns how many
 * there were.
 */
function resealAll(sqlite: Database.Database, from: SecretKey, to: SecretKey): number {
  let count = 0
  sqlite
    .transaction(() => {
      for (const { table, column } of sealedColumns(sqlite)) {
        const update = sqlite.prepare(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`)
        const rows = sqlite
          .prepare<[], Sealed>(
            `SELECT rowid AS row, ${sealedOwner(table)} AS owner, ${column} AS sealed FROM ${table} WHERE ${column} IS NOT NULL`,
          )
          .all()
        for (const { row, owner, sealed } of rows) {
          const { changes } = update.run(seal(unseal(sealed, owner, from), owner, to), row)
          // What stayed sealed with the old key would be lost with it.
          if (changes !== 1) throw new Error(`${table}.${column} of row ${row} was not sealed anew`)
        }
        count += rows.length
      }
    })
    .immediate()
  sqlite.exec('VACUUM')
  sqlite.pragma('wal_checkpoint(TRUNCATE)')
  return count
}

/**
 * Changes the key of a data folder: to the one given in base64, which is not written down here, or to a fresh one in
 * the folder. Whenever it is cut off, the next start finds either the old key or the new one in its place
 * (../key-check.ts).
 */
export function rotateKey(sqlite: Database.Database, folder: string, from: SecretKey, given?: string): number {
  const waiting = join(folder, NEW_KEY_FILE)
  const kept = join(folder, KEY_FILE)
  rmSync(waiting, { force: true })
  const count = resealAll(sqlite, from, given ? toKey(given) : makeKey(waiting))
  if (given) rmSync(kept, { force: true })
  else renameSync(waiting, kept)
  return count
}
