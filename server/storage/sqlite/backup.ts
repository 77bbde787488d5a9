import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DAY } from '#shared/time'
import { timesToKeep } from './backup-keep.ts'
import { noteBackupStatus, readBackupStatus } from './backup-status.ts'
import { lockBackups } from './data-folder.ts'
import { requireSpace, sizeOf } from './free-space.ts'
import { commandLine } from '../../commands.ts'
import { useConfig, WrongSetting } from '../../config.ts'
import { backupFolder, backupsAmong, removeLeftovers, stamp, UNFINISHED } from './backup-files.ts'
import { flushToDisk, takeSnapshot, type Snapshot } from './snapshot.ts'

/** The way back from an upgrade stays at least as long. */
const UPGRADE_KEPT = 7 * DAY

/** Makes room: of each of the last days, weeks and months only the newest backup stays. */
function removeOutdated(folder: string, backups: string, now: number) {
  const { backupKeep, zone } = useConfig()
  const made = backupsAmong(readdirSync(backups))
  const kept = timesToKeep(
    made.map(({ at }) => at),
    backupKeep,
    zone,
  )
  const { upgrade } = readBackupStatus(folder)
  if (upgrade && now - upgrade.at < UPGRADE_KEPT) kept.add(upgrade.at)
  for (const { name, at } of made) if (!kept.has(at)) rmSync(join(backups, name), { force: true })
}

/** Makes sure that a copy of the database fits into `backups`, and that nothing is in its way. */
function prepare(folder: string, source: string, backups: string) {
  if (!existsSync(source)) throw new WrongSetting(`${source} 不存在，没有可备份的数据库，请检查 NUXT_DATA_DIR`)
  try {
    mkdirSync(backups, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new WrongSetting(`备份目录 ${backups} 不能建立，请检查 NUXT_BACKUP_DIR 和权限`, { cause })
  }
  removeLeftovers(backups)
  requireSpace(backups, sizeOf(source) + sizeOf(`${source}-wal`), folder)
}

/** Throws WrongSetting for a copy that is not good. The app may have written while it was made. */
function checkSnapshot({ before, after, copied, verdict }: Snapshot) {
  const agrees = (Object.keys(copied) as (keyof typeof copied)[]).every(
    (table) =>
      copied[table] >= Math.min(before[table], after[table]) && copied[table] <= Math.max(before[table], after[table]),
  )
  if (verdict === 'ok' && agrees) return
  const counts = `行数 ${Object.values(copied).join()}，应为 ${Object.values(after).join()}`
  throw new WrongSetting(`备份没有通过检查（${verdict}；${counts}），已删除，请检查磁盘`)
}

/** Runs what a network drive may not know: it has its own rights, and not each can flush a folder. */
function ifPossible(run: () => void) {
  try {
    run()
  } catch {
    // The backup itself is on the disk and good.
  }
}

/** A name of this second or a later one: a backup replaces none, least of all the one from before an upgrade. */
function freeName(backups: string, now: number): string {
  const name = `gobox-${stamp(now)}.db`
  return existsSync(join(backups, name)) ? freeName(backups, now + 1000) : name
}

/** What kept a backup from being made, as a sentence for the owner. */
function toSentence(error: unknown): unknown {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (/^SQLITE_(?:FULL|IOERR)|^ENOSPC$|^EDQUOT$/.test(code))
    return new WrongSetting('备份写不下去：备份目录的磁盘满了或坏了，请清理或检查后再试', { cause: error })
  if (/^SQLITE_(?:CORRUPT|NOTADB)/.test(code))
    return new WrongSetting(`数据库已损坏，备份不了：请停掉 goBox，用 ${commandLine('restore')} 恢复最近的备份`, {
      cause: error,
    })
  if (/^SQLITE_|^E[A-Z]+$/.test(code)) return new WrongSetting(`备份失败：${message}`, { cause: error })
  return error
}

/**
 * Copies the database as it stands at one moment to where backups go, checks the copy, and removes those that have had
 * their time. Works beside a running app; `copied` is told when it begins to check. Returns the copy's path. Throws
 * WrongSetting, and leaves nothing behind, where the copy does not fit or is not good.
 */
export function backUp(folder: string, now: number, copied?: () => void): string {
  const source = join(folder, 'gobox.db')
  const backups = backupFolder(folder)
  const unfinished = join(backups, UNFINISHED)
  const lock = lockBackups(folder)
  try {
    prepare(folder, source, backups)
    const snapshot = takeSnapshot(source, unfinished, copied)
    checkSnapshot(snapshot)
    ifPossible(() => chmodSync(unfinished, 0o600))
    const name = freeName(backups, now)
    // Within one folder, so also where backups are on another file system.
    renameSync(unfinished, join(backups, name))
    ifPossible(() => flushToDisk(backups))
    noteBackupStatus(folder, {
      backup: { name, at: now, rows: snapshot.copied },
      lastTry: { at: now, error: null },
    })
    removeOutdated(folder, backups, now)
    return join(backups, name)
  } catch (error) {
    removeLeftovers(backups)
    throw toSentence(error)
  } finally {
    lock.close()
  }
}
