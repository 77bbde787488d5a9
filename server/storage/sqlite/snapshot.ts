import { closeSync, fsyncSync, openSync } from 'node:fs'
import Database from 'better-sqlite3'

/** Rows of these are counted in the source and in the copy. */
const COUNTED = ['orders', 'devices', 'set_of_books'] as const

export type RowCounts = Record<(typeof COUNTED)[number], number>

/**
 * Rows of each counted table in the source before and after the copy was made, and in the copy; SQLite's verdict on the
 * copy.
 */
export interface Snapshot {
  before: RowCounts
  after: RowCounts
  copied: RowCounts
  verdict: string
}

/** Has the bytes of a file, or the names in a folder, on the disk when it returns. */
export function flushToDisk(path: string) {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** How many rows the counted tables have. */
export function countRows(database: Database.Database): RowCounts {
  const count = (table: string) => database.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get()!
  return Object.fromEntries(COUNTED.map((table) => [table, count(table)])) as RowCounts
}

/**
 * Copies a database as it stands at one moment, beside whoever writes to it, and checks the copy. `copied` is told
 * between the two. The source is only read: a connection that may write would, as the last one, remove the WAL by its
 * name, which may be a restored database's by then.
 */
export function takeSnapshot(source: string, target: string, copied?: () => void): Snapshot {
  const original = new Database(source, { readonly: true, fileMustExist: true })
  try {
    const before = countRows(original)
    original.prepare('VACUUM INTO ?').run(target)
    const after = countRows(original)
    copied?.()
    flushToDisk(target)
    const copy = new Database(target, { readonly: true })
    const verdict = copy.pragma('integrity_check', { simple: true }) as string
    const snapshot = { before, after, copied: countRows(copy), verdict }
    copy.close()
    return snapshot
  } finally {
    original.close()
  }
}
