import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { MigrationMeta } from 'drizzle-orm/migrator'
import { WrongSetting } from '../../config.ts'
import { connect } from './connection.ts'
import { migrateDatabase } from './migrate.ts'
import { openSqlite } from './open.ts'
import { countRows, type RowCounts } from './snapshot.ts'

/**
 * Restores a backup into an empty folder as a start would find it: opened with the secret key in base64, migrated,
 * checked. Returns what it holds. Throws WrongSetting for one that would not do.
 */
export async function drillRestore(
  { file, folder, secretKey }: { file: string; folder: string; secretKey: string },
  migrations: MigrationMeta[],
): Promise<RowCounts> {
  const path = join(folder, 'gobox.db')
  copyFileSync(file, path)
  // Before it is opened, which would first back it up to where the backups are.
  const copy = connect(path)
  try {
    migrateDatabase(copy, migrations, () => undefined)
  } finally {
    copy.close()
  }
  const storage = openSqlite(folder, migrations, secretKey)
  await storage.close()
  const database = new Database(path, { readonly: true })
  try {
    const verdict = database.pragma('integrity_check', { simple: true }) as string
    if (verdict !== 'ok') throw new WrongSetting(`没有通过 SQLite 的完整性检查（${verdict}）`)
    return countRows(database)
  } finally {
    database.close()
  }
}
