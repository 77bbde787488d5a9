import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { MigrationMeta } from 'drizzle-orm/migrator'
import * as schema from '#drizzle/schema'
import { WrongSetting } from '../utils/config.ts'
import { guardAudit } from './audit-guard.ts'
import { backUp } from './backup.ts'
import { lockDataFolder, prepareDataFolder, tightenModes } from './data-folder.ts'
import { openKey } from './key-check.ts'
import { migrateDatabase } from './migrate.ts'
import { ensureOrderTotals } from './order-totals.ts'
import type { SecretKey } from './seal.ts'
import { WriteQueue } from './write-queue.ts'

/** Older releases can lose the WAL when it is reset while another connection checkpoints. */
const OLDEST_SQLITE = [3, 51, 3] as const
/** Waiting for another connection's lock holds up the whole process: not for long, as goBox sends again what was refused. */
const BUSY_TIMEOUT = 1000

export interface Storage {
  folder: string
  sqlite: Database.Database
  db: BetterSQLite3Database<typeof schema>
  write: WriteQueue['write']
  secretKey: SecretKey
  /** Commits what is waiting and closes the files. */
  close: () => Promise<void>
}

/** The pragmas that the promises of docs/operations.md rest on, set and then asserted. */
function configure(sqlite: Database.Database) {
  sqlite.pragma('journal_mode = WAL')
  // FULL: NORMAL, better-sqlite3's default under WAL, can lose acknowledged commits on power loss.
  sqlite.pragma('synchronous = FULL')
  sqlite.pragma('foreign_keys = ON')
  sqlite.pragma(`busy_timeout = ${BUSY_TIMEOUT}`)
  // SQLite's own lower() knows ASCII only.
  sqlite.function('casefold', { deterministic: true }, (text: unknown) => String(text).toLowerCase())
  const actual = ['journal_mode', 'synchronous', 'foreign_keys']
    .map((name) => sqlite.pragma(name, { simple: true }))
    .join()
  if (actual !== 'wal,2,1')
    throw new WrongSetting(`SQLite 没有接受需要的设置（${actual}），数据目录所在的文件系统可能不支持 WAL`)
  const version = (sqlite.prepare('SELECT sqlite_version()').pluck().get() as string).split('.').map(Number)
  const older = OLDEST_SQLITE.findIndex((part, index) => part !== version[index])
  if (older >= 0 && version[older]! < OLDEST_SQLITE[older]!)
    throw new WrongSetting(`SQLite ${version.join('.')} 太旧，需要 ${OLDEST_SQLITE.join('.')} 或更新`)
}

/** Opens the data folder for this process alone: lock, pragmas, migrations, secret key. Throws WrongSetting. */
export function openStorage(dataDir: string, migrations: MigrationMeta[], givenKey?: string): Storage {
  const folder = prepareDataFolder(dataDir)
  const lock = lockDataFolder(folder)
  const path = join(folder, 'gobox.db')
  // Development runs the server on a thread, which may not set it.
  if (isMainThread) process.umask(0o077)
  const sqlite = new Database(path)
  configure(sqlite)
  migrateDatabase(sqlite, migrations, () => backUp(folder, Date.now()))
  guardAudit(sqlite)
  ensureOrderTotals(sqlite)
  const secretKey = openKey(sqlite, folder, givenKey)
  tightenModes(folder)
  const queue = new WriteQueue(sqlite)
  return {
    folder,
    sqlite,
    db: drizzle(sqlite, { schema }),
    write: (run) => queue.write(run),
    secretKey,
    close: async () => {
      await queue.drain()
      sqlite.close()
      lock.close()
    },
  }
}

let storage: Storage | undefined

/** Makes an opened storage the one of this process. */
export function setStorage(opened: Storage) {
  storage = opened
}

/** The storage of this process. */
export function useStorage(): Storage {
  if (!storage) throw new Error('the storage is not open')
  return storage
}

/** A statement that is prepared once for the storage, on first use. */
export function prepared<T>(build: (db: Storage['db'], sqlite: Storage['sqlite']) => T): () => T {
  const statements = new WeakMap<Storage, T>()
  return () => {
    const opened = useStorage()
    let statement = statements.get(opened)
    if (!statement) statements.set(opened, (statement = build(opened.db, opened.sqlite)))
    return statement
  }
}
