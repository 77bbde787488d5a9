import { chmodSync, closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import Database from 'better-sqlite3'
import { WrongSetting } from '../utils/config.ts'
import { lockDataFolder } from './data-folder.ts'

const KEPT = 7
/** Rows of these are counted in the source and in the copy. */
const COUNTED = ['orders', 'devices', 'set_of_books'] as const

const stamp = (now: number) => new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')

function countRows(sqlite: Database.Database): number[] {
  return COUNTED.map(table => sqlite.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get()!)
}

function flushToDisk(path: string) {
  const file = openSync(path, 'r')
  fsyncSync(file)
  closeSync(file)
}

/** The number of rows in a database file that is whole. Throws WrongSetting for any other file. */
export function checkDatabase(path: string): number[] {
  let copy: Database.Database | undefined
  try {
    copy = new Database(path, { readonly: true, fileMustExist: true })
    if (copy.pragma('integrity_check', { simple: true }) === 'ok') return countRows(copy)
  }
  catch (cause) {
    throw new WrongSetting(`${path} 不是完整的 goBox 数据库`, { cause })
  }
  finally {
    copy?.close()
  }
  throw new WrongSetting(`${path} 没有通过 SQLite 的完整性检查`)
}

function removeOldest(folder: string) {
  const backups = readdirSync(folder).filter(name => /^gobox-.*\.db$/.test(name)).sort()
  for (const name of backups.slice(0, -KEPT)) rmSync(join(folder, name))
}

/**
 * Copies the database as it stands at one moment into `backups/`, checks the copy, and keeps the newest seven. Works beside a running app, on a
 * connection of its own; takes as long as reading the file twice. Returns the copy's path. Throws WrongSetting if the copy is not good.
 */
export function backUp(folder: string, now: number): string {
  const path = join(folder, 'gobox.db')
  if (!existsSync(path)) throw new WrongSetting(`${folder} 里没有数据库，请检查 NUXT_DATA_DIR`)
  const backups = join(folder, 'backups')
  mkdirSync(backups, { recursive: true, mode: 0o700 })
  const target = join(backups, `gobox-${stamp(now)}.db`)
  const unfinished = `${target}.part`
  rmSync(unfinished, { force: true })
  const source = new Database(path, { fileMustExist: true })
  try {
    const before = countRows(source)
    source.prepare('VACUUM INTO ?').run(unfinished)
    const after = countRows(source)
    chmodSync(unfinished, 0o600)
    const copied = checkDatabase(unfinished)
    // The app may have written while the copy was made.
    const agrees = copied.every((count, index) => count >= Math.min(before[index]!, after[index]!) && count <= Math.max(before[index]!, after[index]!))
    if (!agrees) throw new WrongSetting(`备份 ${unfinished} 的行数和数据库不一致（${copied.join()}，应为 ${after.join()}）`)
    flushToDisk(unfinished)
    renameSync(unfinished, target)
    flushToDisk(backups)
  }
  finally {
    source.close()
    rmSync(unfinished, { force: true })
  }
  removeOldest(backups)
  return target
}

/** Moves the present database into `backups/`, with all that its WAL holds. Returns its new path. */
function setAside(folder: string, now: number): string {
  const path = join(folder, 'gobox.db')
  const present = new Database(path)
  present.pragma('wal_checkpoint(TRUNCATE)')
  present.close()
  mkdirSync(join(folder, 'backups'), { recursive: true, mode: 0o700 })
  const aside = join(folder, 'backups', `replaced-${stamp(now)}.db`)
  renameSync(path, aside)
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true })
  return aside
}

/**
 * Puts a checked backup in the place of the database, which is set aside. Returns where that is, `undefined` if there was none. Throws
 * WrongSetting while the app runs, or for a file that is not whole.
 */
export function restore(folder: string, file: string, now: number): string | undefined {
  if (!existsSync(file)) throw new WrongSetting(`没有文件 ${basename(file)}，请检查路径`)
  const lock = lockDataFolder(folder)
  try {
    checkDatabase(file)
    const path = join(folder, 'gobox.db')
    const fresh = `${path}.restored`
    copyFileSync(file, fresh)
    chmodSync(fresh, 0o600)
    flushToDisk(fresh)
    const aside = existsSync(path) ? setAside(folder, now) : undefined
    renameSync(fresh, path)
    flushToDisk(folder)
    return aside
  }
  finally {
    lock.close()
  }
}
