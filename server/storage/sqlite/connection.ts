import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { WrongSetting } from '../../config.ts'
import { log } from '../../log/log.ts'
import { freeBytes } from './free-space.ts'

/** Older releases can lose the WAL when it is reset while another connection checkpoints. */
const OLDEST_SQLITE = [3, 51, 3] as const
/**
 * Waiting for another connection's lock holds up the whole process: not for long, as goBox sends again what was
 * refused.
 */
const BUSY_TIMEOUT = 1000
/** Size in bytes to which a checkpoint truncates the WAL; a backup or a slow reader makes it grow. */
const LARGEST_WAL = 16 * 1024 * 1024
/** Bytes up to which the whole database is looked at before it is used: a tenth of a second. */
const CHECKED = 64 * 1024 * 1024
/** Milliseconds between two tries to leave the mode for a full disk, and bytes that must be free for it. */
const RETRY = 5000
const ROOM = 4 * 1024 * 1024

/** What SQLite says where the file system has no room even for the memory that connections share. */
const isNoRoom = (error: unknown) => /^SQLITE_(?:FULL|IOERR_SHM|CANTOPEN)/.test((error as { code?: string }).code ?? '')

/** One process alone needs no shared memory. */
function keepAlone(sqlite: Database.Database) {
  sqlite.pragma('locking_mode = EXCLUSIVE')
  sqlite.pragma('journal_mode = WAL')
}

/**
 * Lets others read beside this process again. That takes leaving the WAL, which is written into the database on the
 * way. Returns whether it worked.
 */
function tryToShare(sqlite: Database.Database): boolean {
  if (sqlite.inTransaction || freeBytes(dirname(sqlite.name)) < ROOM) return false
  try {
    sqlite.pragma('journal_mode = DELETE')
    sqlite.pragma('locking_mode = NORMAL')
    sqlite.pragma('journal_mode = WAL')
    sqlite.prepare('SELECT 1 FROM sqlite_master').get()
    return sqlite.pragma('journal_mode', { simple: true }) === 'wal'
  } catch {
    try {
      keepAlone(sqlite)
    } catch {
      // Until the next try it writes without a WAL, as safely and more slowly.
    }
    return false
  }
}

/**
 * Opens the database on a disk without room for anything, so that at least everything can be read. Goes over to the
 * usual mode by itself once there is room.
 */
function openAlone(path: string): Database.Database {
  const sqlite = new Database(path)
  keepAlone(sqlite)
  const timer = setInterval(() => {
    if (!sqlite.open || tryToShare(sqlite)) clearInterval(timer)
  }, RETRY).unref()
  log.error({ path }, 'the disk is full: orders can be read, not stored')
  return sqlite
}

function open(path: string): Database.Database {
  const sqlite = new Database(path)
  try {
    sqlite.pragma('journal_mode = WAL')
    // The WAL itself is opened by the first question.
    sqlite.prepare('SELECT 1 FROM sqlite_master').get()
    return sqlite
  } catch (error) {
    sqlite.close()
    if (isNoRoom(error)) return openAlone(path)
    throw error
  }
}

function checkVersion(sqlite: Database.Database) {
  const version = (sqlite.prepare('SELECT sqlite_version()').pluck().get() as string).split('.').map(Number)
  const older = OLDEST_SQLITE.findIndex((part, index) => part !== version[index])
  if (older >= 0 && version[older]! < OLDEST_SQLITE[older]!)
    throw new WrongSetting(`SQLite ${version.join('.')} 太旧，需要 ${OLDEST_SQLITE.join('.')} 或更新`)
}

/** Finds damage before anything is built on it; a larger database is checked with each backup. */
function checkPages(sqlite: Database.Database) {
  const size = (name: string) => sqlite.pragma(name, { simple: true }) as number
  if (size('page_count') * size('page_size') > CHECKED) return
  const verdict = sqlite.pragma('quick_check(1)', { simple: true }) as string
  if (verdict !== 'ok') throw Object.assign(new Error(verdict), { code: 'SQLITE_CORRUPT' })
}

/**
 * Opens the database with the pragmas that the promises of docs/operations.md rest on, set and then asserted. Throws
 * WrongSetting, or SQLite's error for a database that is damaged or cannot be opened.
 */
export function connect(path: string): Database.Database {
  const sqlite = open(path)
  // FULL: NORMAL, better-sqlite3's default under WAL, can lose acknowledged commits on power loss.
  sqlite.pragma('synchronous = FULL')
  sqlite.pragma('foreign_keys = ON')
  sqlite.pragma(`busy_timeout = ${BUSY_TIMEOUT}`)
  sqlite.pragma(`journal_size_limit = ${LARGEST_WAL}`)
  // SQLite's own lower() knows ASCII only.
  sqlite.function('casefold', { deterministic: true }, (text: unknown) => String(text).toLowerCase())
  const actual = ['journal_mode', 'synchronous', 'foreign_keys']
    .map((name) => sqlite.pragma(name, { simple: true }))
    .join()
  if (actual !== 'wal,2,1')
    throw new WrongSetting(`SQLite 没有接受需要的设置（${actual}），数据目录所在的文件系统可能不支持 WAL`)
  checkVersion(sqlite)
  checkPages(sqlite)
  return sqlite
}
