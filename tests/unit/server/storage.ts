import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { afterAll, beforeAll } from 'vitest'
import { openStorage, setStorage, type Storage } from '#server/db/client'
import { ensureSetOfBook } from '#server/repositories/set-of-books'

export const migrations = readMigrationFiles({ migrationsFolder: fileURLToPath(new URL('../../../drizzle/migrations', import.meta.url)) })

export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'gobox-unit-'))
}

/** A real data folder for a test file, with two account sets. */
export function useTestStorage() {
  const context = {} as { storage: Storage, own: number, neighbour: number }
  beforeAll(async () => {
    context.storage = openStorage(makeFolder(), migrations)
    setStorage(context.storage)
    context.own = (await ensureSetOfBook('A001', 'https://c8.example')).id
    context.neighbour = (await ensureSetOfBook('B002', 'https://c8.example')).id
  })
  afterAll(async () => {
    await context.storage.close()
    rmSync(context.storage.folder, { recursive: true })
  })
  return context
}
