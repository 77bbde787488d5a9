import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import Database from 'better-sqlite3'

/** Rows of these are counted in the source and in the copy. */
const COUNTED = ['orders', 'devices', 'set_of_books'] as const

/** Rows of each counted table in the source before and after the copy was made, and in the copy; SQLite's verdict on the copy. */
export interface Snapshot {
  before: number[]
  after: number[]
  copied: number[]
  verdict: string
}

/** Self-contained, as its text also runs on a thread of its own. */
function copyAndCheck(Sqlite: typeof Database, source: string, target: string, tables: readonly string[]): Snapshot {
  const count = (database: Database.Database) =>
    tables.map((table) => database.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get()!)
  const original = new Sqlite(source, { fileMustExist: true })
  const before = count(original)
  original.prepare('VACUUM INTO ?').run(target)
  const after = count(original)
  original.close()
  const copy = new Sqlite(target, { readonly: true })
  const verdict = copy.pragma('integrity_check', { simple: true }) as string
  const copied = count(copy)
  copy.close()
  return { before, after, copied, verdict }
}

/** Copies a database as it stands at one moment, beside whoever writes to it, and checks the copy. */
export function takeSnapshot(source: string, target: string): Snapshot {
  return copyAndCheck(Database, source, target, COUNTED)
}

/** As `takeSnapshot`, on a thread of its own: reading the file twice takes seconds, and goBox's messages are not to wait for it. */
export function takeSnapshotAside(source: string, target: string): Promise<Snapshot> {
  const sqlite = createRequire(import.meta.url).resolve('better-sqlite3')
  const code = `
    const { parentPort, workerData: { sqlite, args } } = require('node:worker_threads')
    parentPort.postMessage((${copyAndCheck})(require(sqlite), ...args))`
  const { promise, resolve, reject } = Promise.withResolvers<Snapshot>()
  new Worker(code, { eval: true, workerData: { sqlite, args: [source, target, COUNTED] } })
    .once('message', resolve)
    .once('error', reject)
  return promise
}
