import type Database from 'better-sqlite3'
import type { MigrationMeta } from 'drizzle-orm/migrator'
import { WrongSetting } from '../../config.ts'

const TABLE = '__drizzle_migrations'

/** The `folderMillis` of the last migration that the database has; 0 for a new one. */
function lastApplied(sqlite: Database.Database): number {
  const known = sqlite.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(TABLE)
  if (!known) return 0
  const row = sqlite.prepare<[], { last: number | null }>(`SELECT max(created_at) AS last FROM ${TABLE}`).get()
  return Number(row?.last ?? 0)
}

/** The list of what is applied is as Drizzle's own migrator writes it, which takes folders only. */
function applyAll(sqlite: Database.Database, migrations: MigrationMeta[]) {
  sqlite
    .transaction(() => {
      sqlite.exec(`CREATE TABLE IF NOT EXISTS ${TABLE} (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)`)
      const note = sqlite.prepare(`INSERT INTO ${TABLE} (hash, created_at) VALUES (?, ?)`)
      for (const { sql, hash, folderMillis } of migrations) {
        for (const statement of sql) sqlite.exec(statement)
        note.run(hash, folderMillis)
      }
    })
    .immediate()
}

/**
 * Brings the database to the newest of `migrations` in one transaction; `backup` is called before an existing one is
 * changed. Throws WrongSetting for a database that a newer version of the app has written.
 */
export function migrateDatabase(sqlite: Database.Database, migrations: MigrationMeta[], backup: () => void) {
  const newest = Math.max(...migrations.map((migration) => migration.folderMillis))
  const applied = lastApplied(sqlite)
  if (applied > newest) throw new WrongSetting('数据库由更新版本的 goBox 写成，请换回那个版本，或恢复升级前的备份')
  if (applied === newest) return
  if (applied > 0) backup()
  // drizzle-kit rebuilds a table by dropping the old one, which would empty the tables that cascade from it.
  sqlite.pragma('foreign_keys = OFF')
  try {
    applyAll(
      sqlite,
      migrations.filter((migration) => migration.folderMillis > applied),
    )
    const broken = sqlite.pragma('foreign_key_check') as unknown[]
    if (broken.length > 0) throw new WrongSetting('升级后数据库的引用不一致，请恢复升级前的备份')
  } finally {
    sqlite.pragma('foreign_keys = ON')
  }
}
