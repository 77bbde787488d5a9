import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readMigrations } from '#drizzle/migrations'
import { drillRestore } from '#server/storage/sqlite/drill'
import { loadRelease, RELEASE_KEY } from '../../../../faults/releases/load.ts'
import { makeFolder } from '../../with-storage.ts'

let folder: string
beforeEach(() => {
  folder = makeFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('a drill of a backup that an earlier release made leaves no backup of its own', async () => {
  const trial = join(folder, 'drill')
  mkdirSync(trial)
  loadRelease('0.1.0', folder)
  const found = await drillRestore(
    { file: join(folder, 'gobox.db'), folder: trial, secretKey: RELEASE_KEY },
    readMigrations('sqlite'),
  )
  expect(found).toEqual({ orders: 4, devices: 1, set_of_books: 1 })
  expect(existsSync(join(trial, 'backups'))).toBe(false)
})
