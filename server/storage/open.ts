import type { MigrationMeta } from 'drizzle-orm/migrator'
import type { Storage } from './engine.ts'

export interface StorageSettings {
  dataDir: string
  /** Where PostgreSQL is; without it SQLite is used. */
  databaseUrl?: string
  /** The secret key in base64; without one it is the data folder's. */
  secretKey?: string
}

/**
 * Opens the configured engine, of which alone anything is loaded, and brings the database to its newest migration.
 * Throws WrongSetting.
 */
export async function openStorage(
  { dataDir, databaseUrl, secretKey }: StorageSettings,
  readMigrations: (engine: Storage['engine']) => MigrationMeta[] | Promise<MigrationMeta[]>,
): Promise<Storage> {
  if (databaseUrl) {
    const { openPostgres } = await import('./postgres/open.ts')
    return openPostgres(databaseUrl, await readMigrations('postgres'), secretKey)
  }
  const { openSqlite } = await import('./sqlite/open.ts')
  return openSqlite(dataDir, await readMigrations('sqlite'), secretKey)
}

/** Does the one task about the whole database that this process was started for, and ends it. */
export async function serveStorageTask(
  readMigrations: (engine: Storage['engine']) => MigrationMeta[] | Promise<MigrationMeta[]>,
): Promise<void> {
  const { serveTask } = await import('./sqlite/child-tasks.ts')
  serveTask(await readMigrations('sqlite'))
}
