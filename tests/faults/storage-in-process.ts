import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { readMigrations } from '../../drizzle/migrations.ts'
import { setStorage } from '../../server/storage/engine.ts'
import { openSqlite, type SqliteStorage } from '../../server/storage/sqlite/open.ts'

/** The real storage in this process, on a fresh data folder, with one account set (id 1). */
export function useStorageHere(): { storage: SqliteStorage; folder: string } {
  const context = {} as { storage: SqliteStorage; folder: string }
  beforeAll(() => {
    context.folder = mkdtempSync(join(tmpdir(), 'gobox-storage-'))
    context.storage = openSqlite(context.folder, readMigrations('sqlite'))
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
