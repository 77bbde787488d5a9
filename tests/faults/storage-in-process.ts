import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { afterAll, beforeAll } from 'vitest'
import { openStorage, setStorage, type Storage } from '../../server/db/client.ts'

const migrations = readMigrationFiles({
  migrationsFolder: fileURLToPath(new URL('../../drizzle/migrations', import.meta.url)),
})

/** The real storage in this process, on a fresh data folder, with one account set (id 1). */
export function useStorageHere(): { storage: Storage; folder: string } {
  const context = {} as { storage: Storage; folder: string }
  beforeAll(() => {
    context.folder = mkdtempSync(join(tmpdir(), 'gobox-storage-'))
    context.storage = openStorage(context.folder, migrations)
    setStorage(context.storage)
    context.storage.sqlite
      .prepare(
        `INSERT INTO set_of_books (id, set_of_book, c8_origin, token_sealed, token_hash) VALUES (1, 'A001', 'http://c8', '', '')`,
      )
      .run()
  })
  afterAll(async () => {
    await context.storage.close()
    rmSync(context.folder, { recursive: true, force: true })
  })
  return context
}
