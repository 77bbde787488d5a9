import { statfs } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import type Database from 'better-sqlite3'
import { fillPlaceholders } from 'drizzle-orm'
import type { MigrationMeta } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/sqlite-proxy'
import { commandLine } from '../../commands.ts'
import { log } from '../../log/log.ts'
import type { Prepared, Query, Reader, Storage, Tx } from '../engine.ts'
import { openKey } from '../key-check.ts'
import { guardAudit } from './audit-guard.ts'
import { backUp } from './backup.ts'
import { backupsAmong } from './backup-files.ts'
import { noteBackupStatus } from './backup-status.ts'
import { backupsOf } from './backup-aside.ts'
import { watchClosedDays } from './closed-days.ts'
import { connect } from './connection.ts'
import { inWords } from './damage.ts'
import { lockDataFolder, prepareDataFolder, refuseLostDatabase, tightenModes } from './data-folder.ts'
import { dialect } from './dialect.ts'
import { sizeOf } from './free-space.ts'
import { makeOrderInsert } from './intake.ts'
import { keyCheckOf } from './key-check.ts'
import { migrateDatabase } from './migrate.ts'
import { finishRestore } from './restore.ts'
import { restoreNoticeFile } from './restore-notice.ts'
import { countRows, type RowCounts } from './snapshot.ts'
import { Statements, type Method } from './statements.ts'
import { countNextGoods, countedUpTo, ensureOrderTotals } from './totals.ts'
import { withinThisTurn, WriteQueue } from './write-queue.ts'

/** The storage in a data folder; its parts are for tests and tools. */
export interface SqliteStorage extends Storage {
  readonly folder: string
  readonly sqlite: Database.Database
  readonly statements: Statements
}

/** What drizzle's builders of SQLite have beside what every engine's have. */
interface Preparable<T> {
  prepare: () => { execute: (values?: Record<string, unknown>) => Promise<T> }
}

/** The builder over the connection: `guard` is waited for, or throws, before each statement. */
function makeBuilder(statements: Statements, guard: () => Promise<void> | undefined): Tx {
  return drizzle(async (sql: string, params: unknown[], method: Method) => {
    const open = guard()
    if (open) await open
    return statements.execute(sql, params, method)
  }) as unknown as Tx
}

/** Drizzle over the one connection: what reads sees what is committed, what writes is one of a group. */
function makeDatabase(sqlite: Database.Database) {
  const statements = new Statements(sqlite)
  const queue: WriteQueue<Tx> = new WriteQueue<Tx>(sqlite, (isLive) =>
    makeBuilder(statements, () => {
      if (!isLive()) throw new Error('this transaction has ended')
      return undefined
    }),
  )
  const whenCommitted = async () => {
    while (queue.open) await queue.open
  }
  const db: Reader = makeBuilder(statements, () => (queue.open ? whenCommitted() : undefined))
  /** Where it is known that no group of writes is open, or that it is the caller's. */
  const inside: Reader = makeBuilder(statements, () => undefined)
  const mayRead = async (within?: Reader) => {
    if (within === undefined || within === db) await whenCommitted()
    else if (within !== inside) queue.check(within as Tx)
  }
  const prepare = <T>(build: (db: Reader) => Query<T>): Prepared<T> => {
    const query = (build(inside) as unknown as Preparable<T>).prepare()
    return async (values, within) => {
      await mayRead(within)
      return query.execute(values)
    }
  }
  const prepareRows = (query: Query<unknown>): Prepared<unknown[][]> => {
    const { sql, params } = query.toSQL()
    return async (values = {}, within) => {
      await mayRead(within)
      return statements.execute(sql, fillPlaceholders(params, values), 'all').rows as unknown[][]
    }
  }
  // Groups of writes begin with a turn of the event loop: until then all is of one moment.
  const snapshot = async <T>(run: (db: Reader) => Promise<T>) => {
    await whenCommitted()
    return withinThisTurn(run(inside))
  }
  return { statements, queue, db, prepare, prepareRows, snapshot }
}

function makeStorage(sqlite: Database.Database, folder: string) {
  const { statements, queue, ...builders } = makeDatabase(sqlite)
  const insertOrders = makeOrderInsert(sqlite)
  return {
    engine: 'sqlite' as const,
    folder,
    sqlite,
    statements,
    ...builders,
    dialect,
    totals: {
      countNext: () => queue.write(async () => countNextGoods(sqlite)),
      countedUpTo: async () => countedUpTo(sqlite),
    },
    write: <T>(run: (tx: Tx) => Promise<T>) => queue.write(run),
    grouped: <I, O>(run: (tx: Tx, items: I[]) => Promise<O[]>) => queue.grouped(run),
    insertOrders: async (tx: Tx, rows: Parameters<typeof insertOrders>[0]) => {
      queue.check(tx)
      return insertOrders(rows)
    },
    // One connection writes.
    forUpdate: <Q>(query: Q) => query,
    sharedCounter: () => null,
    lockDays: async () => undefined,
    isDuplicate: (error: unknown) => (error as { code?: string }).code === 'SQLITE_CONSTRAINT_UNIQUE',
    probe: () =>
      queue.write(
        async () => void sqlite.pragma(`user_version = ${sqlite.pragma('user_version', { simple: true }) as number}`),
      ),
    freeSpace: async () => {
      const { bavail, bsize } = await statfs(folder)
      return bavail * bsize
    },
    size: async () => ['', '-wal'].reduce((sum, end) => sum + sizeOf(join(folder, `gobox.db${end}`)), 0),
    drain: () => queue.drain(),
  }
}

/** Migrates after a backup, and logs the rows before and after with the way back. */
function migrate(sqlite: Database.Database, folder: string, migrations: MigrationMeta[]) {
  let made: { before: RowCounts; back: string } | undefined
  migrateDatabase(sqlite, migrations, () => {
    const file = backUp(folder, Date.now())
    noteBackupStatus(folder, { upgrade: backupsAmong([basename(file)])[0] })
    made = { before: countRows(sqlite), back: commandLine('restore', file) }
  })
  if (made) log.info({ ...made, after: countRows(sqlite) }, 'database migrated')
}

function openDatabase(folder: string, migrations: MigrationMeta[]): Database.Database {
  finishRestore(folder)
  refuseLostDatabase(folder)
  const sqlite = connect(join(folder, 'gobox.db'))
  migrate(sqlite, folder, migrations)
  guardAudit(sqlite)
  ensureOrderTotals(sqlite)
  watchClosedDays(sqlite)
  return sqlite
}

function openOrUnlock<T>(lock: Database.Database, open: () => T): T {
  try {
    return open()
  } catch (error) {
    lock.close()
    throw error
  }
}

/** Opens the data folder for this process alone: lock, pragmas, migrations, secret key. Throws WrongSetting. */
export function openSqlite(dataDir: string, migrations: MigrationMeta[], givenKey?: string): SqliteStorage {
  const folder = prepareDataFolder(dataDir)
  const lock = lockDataFolder(folder)
  // Development runs the server on a thread, which may not set it.
  if (isMainThread) process.umask(0o077)
  const { sqlite, secretKey } = openOrUnlock(lock, () =>
    inWords(folder, () => {
      const opened = openDatabase(folder, migrations)
      return { sqlite: opened, secretKey: openKey(keyCheckOf(opened), folder, givenKey) }
    }),
  )
  tightenModes(folder)
  const { drain, ...storage } = makeStorage(sqlite, folder)
  return {
    ...storage,
    secretKey,
    backups: backupsOf(folder, secretKey.key.toString('base64')),
    restoreNotice: restoreNoticeFile(folder),
    close: async () => {
      try {
        await drain()
      } finally {
        sqlite.close()
        lock.close()
      }
    },
  }
}
