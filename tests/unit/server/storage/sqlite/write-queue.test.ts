import { rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WriteQueue } from '#server/storage/sqlite/write-queue'
import { makeFolder } from '../../with-storage.ts'

let folder: string
let sqlite: Database.Database
let reader: Database.Database
let queue: WriteQueue<object>

beforeEach(() => {
  folder = makeFolder()
  sqlite = new Database(join(folder, 'test.db'))
  sqlite.pragma('journal_mode = WAL')
  sqlite.exec('CREATE TABLE numbers (n INTEGER PRIMARY KEY)')
  reader = new Database(join(folder, 'test.db'), { readonly: true })
  queue = new WriteQueue(sqlite, () => ({}))
})
afterEach(() => {
  reader.close()
  sqlite.close()
  rmSync(folder, { recursive: true })
})

const insert = (n: number) => queue.write(async () => sqlite.prepare('INSERT INTO numbers VALUES (?)').run(n).changes)
/** What is committed, as another connection sees it. */
const committed = () => reader.prepare('SELECT n FROM numbers ORDER BY n').pluck().all()

describe('the write queue', () => {
  it('answers with what the write returned, and only after the commit', async () => {
    const answered = insert(1).then((changes) => [changes, committed()])
    expect(committed()).toEqual([])
    expect(await answered).toEqual([1, [1]])
  })

  it('gives writes that come together one commit, in their order', async () => {
    const seen: unknown[] = []
    await Promise.all([1, 2, 3].map((n) => insert(n).then(() => seen.push(committed()))))
    expect(seen).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ])
  })

  it('keeps the good members of a group when one fails, and undoes that one whole', async () => {
    const bad = queue.write(async () => {
      sqlite.prepare('INSERT INTO numbers VALUES (10)').run()
      throw new Error('no')
    })
    const results = await Promise.allSettled([insert(1), bad, insert(1), insert(2)])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect((results[1] as PromiseRejectedResult).reason).toMatchObject({ message: 'no' })
    expect((results[2] as PromiseRejectedResult).reason).toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' })
    expect(committed()).toEqual([1, 2])
  })

  it('fails every member when nothing can be written, and works again when it can', async () => {
    sqlite.pragma('query_only = ON')
    const results = await Promise.allSettled([insert(1), insert(2)])
    expect(results.map((result) => result.status === 'rejected' && (result.reason as { code: string }).code)).toEqual([
      'SQLITE_READONLY',
      'SQLITE_READONLY',
    ])
    sqlite.pragma('query_only = OFF')
    expect(await insert(3)).toBe(1)
    expect(committed()).toEqual([3])
  })

  it('takes no answer for given when the commit itself fails', async () => {
    sqlite.pragma('foreign_keys = ON')
    sqlite.exec('CREATE TABLE children (n INTEGER REFERENCES numbers DEFERRABLE INITIALLY DEFERRED)')
    const child = queue.write(async () => sqlite.prepare('INSERT INTO children VALUES (99)').run())
    const results = await Promise.allSettled([insert(1), child])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(committed()).toEqual([1])
  })

  it('does not keep the event loop for long: more than 256 writes take several commits', async () => {
    const groups = new Set<number>()
    await Promise.all(Array.from({ length: 600 }, (_, n) => insert(n).then(() => groups.add(committed().length))))
    expect([...groups]).toEqual([256, 512, 600])
  })

  it('drains: what waits is committed before it resolves', async () => {
    for (let n = 0; n < 300; n++) void insert(n)
    await queue.drain()
    expect(committed()).toHaveLength(300)
  })
})
