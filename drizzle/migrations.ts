import { fileURLToPath } from 'node:url'
import { readMigrationFiles, type MigrationMeta } from 'drizzle-orm/migrator'

/** The migrations of an engine, oldest first. */
export function readMigrations(engine: 'sqlite' | 'postgres'): MigrationMeta[] {
  return readMigrationFiles({ migrationsFolder: fileURLToPath(new URL(`migrations/${engine}`, import.meta.url)) })
}
