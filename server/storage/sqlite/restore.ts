import { chmodSync, copyFileSync, existsSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import Database from 'better-sqlite3'
import { WrongSetting } from '../../config.ts'
import { lockBackups, lockDataFolder } from './data-folder.ts'
import { requireSpace, sizeOf } from './free-space.ts'
import { restoreNoticeFile } from './restore-notice.ts'
import { stamp } from './backup-files.ts'
import { flushToDisk } from './snapshot.ts'

/**
 * An account set as the restored database has it: `tokenSealed` is the local token that goBox must send from now on.
 */
export interface RestoredSet {
  id: number
  name: string
  tokenSealed: string
}

export interface Restored {
  /** Where the database that was there is now. */
  aside: string | undefined
  sets: RestoredSet[]
}

/** The copy while it is made, and once it is good: from then on a start finishes what was cut off. */
const UNFINISHED = 'gobox.db.restoring'
const FINISHED = 'gobox.db.restored'
const SUFFIXES = ['', '-wal', '-shm', '-journal']

const removeDatabase = (path: string) => SUFFIXES.forEach((suffix) => rmSync(path + suffix, { force: true }))

/** Throws WrongSetting for what is not a whole goBox database. */
function checkDatabase(database: Database.Database, file: string) {
  const verdict = database.pragma('integrity_check', { simple: true })
  if (verdict !== 'ok') throw new WrongSetting(`${file} 没有通过 SQLite 的完整性检查，请换一个备份`)
  database.prepare('SELECT count(*) FROM orders').get()
}

/**
 * Ends in the copy what was ended since the backup was made, as far as can be known: every session, and every local
 * token but the present one of each account set.
 */
function endSessions(database: Database.Database, file: string, now: number): RestoredSet[] {
  const note = database.prepare(
    `INSERT INTO audit_entries (at, set_of_book_id, user, address, event, detail) VALUES (?, ?, 'goBox', '', 'database_restored', ?)`,
  )
  const sets = database
    .prepare<[], RestoredSet>(
      'SELECT id, set_of_book AS name, token_sealed AS tokenSealed FROM set_of_books ORDER BY id',
    )
    .all()
  database.transaction(() => {
    database.exec('DELETE FROM sessions; DELETE FROM replaced_tokens')
    for (const { id } of sets) note.run(now, id, JSON.stringify({ name: basename(file) }))
  })()
  return sets
}

/** Copies a backup, with its WAL if it has one, and makes it one good file. The backup itself is only read. */
function copy(file: string, unfinished: string, now: number): RestoredSet[] {
  copyFileSync(file, unfinished)
  chmodSync(unfinished, 0o600)
  if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${unfinished}-wal`)
  try {
    const database = new Database(unfinished)
    try {
      // Takes the WAL into the file.
      database.pragma('journal_mode = DELETE')
      checkDatabase(database, file)
      return endSessions(database, file, now)
    } finally {
      database.close()
    }
  } catch (cause) {
    if (cause instanceof WrongSetting) throw cause
    throw new WrongSetting(`${file} 不是完整的 goBox 数据库，请换一个备份`, { cause })
  }
}

/**
 * Puts the present database aside, with its WAL, unopened and within the folder: it may be damaged, and its WAL must
 * not meet the restored file. Returns where it is.
 */
function setAside(folder: string, now: number): string | undefined {
  const path = join(folder, 'gobox.db')
  const aside = join(folder, `replaced-${stamp(now)}.db`)
  const isThere = existsSync(path)
  for (const suffix of ['', '-wal', '-journal'])
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix)
  rmSync(`${path}-shm`, { force: true })
  return isThere ? aside : undefined
}

/** Puts a good copy in the place of the database. */
function takePlace(folder: string, now: number): string | undefined {
  const aside = setAside(folder, now)
  renameSync(join(folder, FINISHED), join(folder, 'gobox.db'))
  flushToDisk(folder)
  return aside
}

/** Finishes a restore that was cut off after its copy had been found good, and forgets one that was cut off before. */
export function finishRestore(folder: string) {
  removeDatabase(join(folder, UNFINISHED))
  if (existsSync(join(folder, FINISHED))) takePlace(folder, Date.now())
}

/**
 * Puts a checked backup in the place of the database, which is set aside. Throws WrongSetting, and changes nothing,
 * while the app runs or for a file that is not whole.
 */
export function restore(folder: string, file: string, now: number): Restored {
  if (!existsSync(file)) throw new WrongSetting(`没有文件 ${basename(file)}，请检查路径`)
  const locks = [lockDataFolder(folder), lockBackups(folder)]
  const unfinished = join(folder, UNFINISHED)
  try {
    removeDatabase(unfinished)
    requireSpace(folder, sizeOf(file) + sizeOf(`${file}-wal`))
    const sets = copy(file, unfinished, now)
    flushToDisk(unfinished)
    restoreNoticeFile(folder).write({ at: now, file: basename(file), sets: sets.map(({ id }) => id) })
    renameSync(unfinished, join(folder, FINISHED))
    flushToDisk(folder)
    return { aside: takePlace(folder, now), sets }
  } finally {
    removeDatabase(unfinished)
    locks.forEach((lock) => lock.close())
  }
}
