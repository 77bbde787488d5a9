import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import Database from 'better-sqlite3'
import { WrongSetting } from '../utils/config.ts'
import { lockDataFolder } from './data-folder.ts'
import { takeSnapshot, takeSnapshotAside, type Snapshot } from './snapshot.ts'

const KEPT = 7
const BACKUP = /^gobox-.*\.db$/

const stamp = (now: number) => new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')

function flushToDisk(path: string) {
  const file = openSync(path, 'r')
  fsyncSync(file)
  closeSync(file)
}

/** Throws WrongSetting for a file that is not a whole goBox database. */
function checkDatabase(path: string) {
  let verdict: unknown
  try {
    const copy = new Database(path, { readonly: true, fileMustExist: true })
    verdict = copy.pragma('integrity_check', { simple: true })
    copy.prepare('SELECT count(*) FROM orders').get()
    copy.close()
  } catch (cause) {
    throw new WrongSetting(`${path} 不是完整的 goBox 数据库`, { cause })
  }
  if (verdict !== 'ok') throw new WrongSetting(`${path} 没有通过 SQLite 的完整性检查`)
}

function removeOldest(folder: string) {
  const backups = readdirSync(folder)
    .filter((name) => BACKUP.test(name))
    .sort()
  for (const name of backups.slice(0, -KEPT)) rmSync(join(folder, name))
}

/** Where a new backup goes, and the name under which it is made until it has been checked. */
function prepare(folder: string, now: number) {
  const source = join(folder, 'gobox.db')
  if (!existsSync(source)) throw new WrongSetting(`${folder} 里没有数据库，请检查 NUXT_DATA_DIR`)
  const backups = join(folder, 'backups')
  mkdirSync(backups, { recursive: true, mode: 0o700 })
  const target = join(backups, `gobox-${stamp(now)}.db`)
  const unfinished = `${target}.part`
  rmSync(unfinished, { force: true })
  return { source, backups, target, unfinished }
}

/** Gives a good copy its name and removes the oldest; throws WrongSetting for any other. */
function finish(
  { backups, target, unfinished }: ReturnType<typeof prepare>,
  { before, after, copied, verdict }: Snapshot,
): string {
  // The app may have written while the copy was made.
  const agrees = copied.every(
    (count, index) =>
      count >= Math.min(before[index]!, after[index]!) && count <= Math.max(before[index]!, after[index]!),
  )
  if (verdict !== 'ok' || !agrees) {
    rmSync(unfinished)
    throw new WrongSetting(
      `备份没有通过检查（${verdict}；行数 ${copied.join()}，应为 ${after.join()}），已删除，请检查磁盘`,
    )
  }
  chmodSync(unfinished, 0o600)
  flushToDisk(unfinished)
  renameSync(unfinished, target)
  flushToDisk(backups)
  removeOldest(backups)
  return target
}

/**
 * Copies the database as it stands at one moment into `backups/`, checks the copy, and keeps the newest seven. Works beside a running app.
 * Returns the copy's path. Throws WrongSetting if the copy is not good.
 */
export function backUp(folder: string, now: number): string {
  const paths = prepare(folder, now)
  return finish(paths, takeSnapshot(paths.source, paths.unfinished))
}

/** As `backUp`, from within the app, whose thread goes on meanwhile. */
export async function backUpAside(folder: string, now: number): Promise<string> {
  const paths = prepare(folder, now)
  return finish(paths, await takeSnapshotAside(paths.source, paths.unfinished))
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
  } finally {
    lock.close()
  }
}

/** When the newest backup was made, in milliseconds; `null` if there is none. */
export function lastBackup(folder: string): number | null {
  const backups = join(folder, 'backups')
  if (!existsSync(backups)) return null
  const times = readdirSync(backups)
    .filter((name) => BACKUP.test(name))
    .map((name) => statSync(join(backups, name)).mtimeMs)
  return times.length > 0 ? Math.max(...times) : null
}
