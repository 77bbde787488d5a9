import type { MigrationMeta } from 'drizzle-orm/migrator'
import { WrongSetting } from '../../config.ts'
import type { Runner } from './session.ts'

const TABLE = `CREATE TABLE IF NOT EXISTS __drizzle_migrations (created_at bigint PRIMARY KEY, hash text NOT NULL)`

/**
 * Brings the database to the newest of `migrations`. Runs inside the caller's transaction. Throws WrongSetting for a
 * database that a newer version of the app has written.
 */
export async function migrateDatabase(transaction: Runner, migrations: MigrationMeta[]) {
  await transaction.query(TABLE)
  const { rows } = await transaction.query('SELECT max(created_at) AS last FROM __drizzle_migrations')
  const applied = (rows[0] as { last: number | null }).last ?? 0
  const newest = Math.max(...migrations.map(({ folderMillis }) => folderMillis))
  if (applied > newest) throw new WrongSetting('数据库由更新版本的 goBox 写成，请换回那个版本')
  for (const { folderMillis, hash, sql } of migrations.filter((migration) => migration.folderMillis > applied)) {
    // drizzle-kit names the schema, which is the connection's own to choose.
    for (const statement of sql) await transaction.query(statement.replaceAll('"public".', ''))
    await transaction.query('INSERT INTO __drizzle_migrations (created_at, hash) VALUES ($1, $2)', [folderMillis, hash])
  }
}
