import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WriteQueue } from '../../server/storage/sqlite/write-queue.ts'

let folder: string
let sqlite: Database.Database
let queue: WriteQueue<object>
let begun: number

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gobox-queue-'))
  begun = 0
  sqlite = new Database(join(folder, 'x.db'), {
    timeout: 50,
    verbose: (sql) => (begun += /^BEGIN/.test(String(sql)) ? 1 : 0),
  })
  sqlite.pragma('journal_mode = WAL')
  sqlite.exec('CREATE TABLE numbers (n INTEGER CHECK (n <> 13))')
  queue = new WriteQueue(sqlite, () => ({}))
})
afterEach(() => {
  sqlite.close()
  rmSync(folder, { recursive: true, force: true })
})

const add = (n: number) => queue.write(async () => sqlite.prepare('INSERT INTO numbers VALUES (?)').run(n).changes)
const stored = () => sqlite.prepare('SELECT n FROM numbers ORDER BY n').pluck().all()

test('writes of one turn share a transaction', async () => {
  expect(await Promise.all([1, 2, 3].map(add))).toEqual([1, 1, 1])
  expect({ begun, stored: stored() }).toEqual({ begun: 1, stored: [1, 2, 3] })
})

test('a group that fails does not take its good members down', async () => {
  const results = await Promise.allSettled([1, 13, 3].map(add))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(stored()).toEqual([1, 3])
})

test('while somebody else holds the lock, a group waits for it once, not once for each member', async () => {
  const holder = new Database(join(folder, 'x.db'))
  holder.exec('BEGIN IMMEDIATE')
  const results = await Promise.allSettled([1, 2, 3, 4].map(add))
  expect(results.map((result) => (result as { reason?: { code: string } }).reason?.code)).toEqual(
    results.map(() => 'SQLITE_BUSY'),
  )
  expect(begun).toBe(1)
  holder.close()
  expect(await add(5)).toBe(1)
  expect(stored()).toEqual([5])
})
