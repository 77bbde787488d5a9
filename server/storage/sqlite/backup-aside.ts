import { mkdirSync, rmSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WrongSetting } from '../../config.ts'
import { LEAST_DISK_SPACE, type BackupFile, type Backups } from '../backups.ts'
import { freeBytes, requireSpace, sizeOf } from './free-space.ts'
import { backupFolder, backupsAmong, leftoversAmong, UNFINISHED, type BackupName } from './backup-files.ts'
import { noteBackupStatus, readBackupStatus } from './backup-status.ts'
import { runInChild } from './child-process.ts'
import { lockBackups } from './data-folder.ts'
import type { RowCounts } from './snapshot.ts'

/*
 * Backups from within the app. Nothing here waits for the folder that they are in, which may be a network drive that
 * does not answer: a process of its own does the work, and all else is asynchronous.
 */

/** Milliseconds between two looks at how far a backup is and whether the disk fills up. */
const CHECK = 250
/** Milliseconds after which a drive is taken for one that does not answer any more. */
const LONGEST_ANSWER = 5000
const LONGEST_BACKUP = 2 * 3_600_000
/** How much of the time of a backup is copying; the rest is checking. */
const COPYING = 0.7

/** What a drive says within a while, or nothing. */
function ask<T>(answer: Promise<T>): Promise<T | undefined> {
  return Promise.race([answer, sleep(LONGEST_ANSWER, undefined, { ref: false })]).catch(() => undefined)
}

const fileNames = async (folder: string) => (await ask(readdir(folder))) ?? []

let listing: Promise<BackupName[]> | undefined

/** The backups that there are, newest first; asked for once at a time, as a drive may take long to answer. */
function listNames(backups: string): Promise<BackupName[]> {
  listing ??= fileNames(backups)
    .then(backupsAmong)
    .finally(() => {
      listing = undefined
    })
  return listing
}

async function list(backups: string): ReturnType<Backups['list']> {
  const names = await listNames(backups)
  const [newest] = names
  const found = newest && (await ask(stat(join(backups, newest.name))))
  return { count: names.length, newest: found && { ...newest!, size: found.size } }
}

/** Removes what a backup that was cut off has left, unless one is being made. */
async function cleanUp(folder: string): Promise<void> {
  const backups = backupFolder(folder)
  let lock
  try {
    lock = lockBackups(folder)
  } catch {
    return
  }
  try {
    for (const name of leftoversAmong(await fileNames(backups))) await rm(join(backups, name), { force: true })
    rmSync(drillFolder(folder), { recursive: true, force: true })
  } finally {
    lock.close()
  }
}

/** Makes a backup in a process of its own, which `signal` ends; `progress` is told from 0 to 1 how far it is. */
async function make(
  folder: string,
  now: number,
  signal: AbortSignal,
  progress: (done: number) => void,
): Promise<string> {
  const database = join(folder, 'gobox.db')
  const bytes = Math.max(1, sizeOf(database) + sizeOf(`${database}-wal`))
  const unfinished = join(backupFolder(folder), UNFINISHED)
  const trouble = new AbortController()
  const begin = performance.now()
  const timer = setInterval(() => {
    if (freeBytes(folder) < LEAST_DISK_SPACE / 2)
      trouble.abort(new WrongSetting('备份时磁盘快满了，备份已中止，请清理空间后再试'))
    if (performance.now() - begin > LONGEST_BACKUP)
      trouble.abort(new WrongSetting('备份两小时还没有完成，已中止，请检查备份目录'))
    stat(unfinished).then(
      ({ size }) => progress(COPYING * Math.min(1, size / bytes)),
      () => {},
    )
  }, CHECK)
  try {
    return await runInChild({ name: 'backup', input: { folder, now } }, AbortSignal.any([signal, trouble.signal]), () =>
      progress(COPYING),
    )
  } catch (error) {
    await cleanUp(folder)
    throw error
  } finally {
    clearInterval(timer)
  }
}

const drillFolder = (folder: string) => join(folder, 'drill')

/**
 * Restores a backup into a folder of its own, in a process of its own, and throws it away again. Resolves with what it
 * holds. Rejects with WrongSetting where it does not fit or would not do.
 */
async function drill(
  folder: string,
  { name, size }: BackupFile,
  secretKey: string,
  signal: AbortSignal,
): Promise<RowCounts> {
  const trial = drillFolder(folder)
  rmSync(trial, { recursive: true, force: true })
  // The copy, and its log or its own backup while it is migrated.
  requireSpace(folder, 2 * size, folder)
  mkdirSync(trial, { mode: 0o700 })
  try {
    return await runInChild(
      { name: 'drill', input: { file: join(backupFolder(folder), name), folder: trial, secretKey } },
      signal,
    )
  } finally {
    rmSync(trial, { recursive: true, force: true })
  }
}

/** The backups of a data folder; `secretKey` in base64 is what opens the database. */
export function backupsOf(folder: string, secretKey: string): Backups {
  const backups = backupFolder(folder)
  return {
    folder: backups,
    list: () => list(backups),
    status: () => readBackupStatus(folder),
    note: (change) => noteBackupStatus(folder, change),
    make: (now, signal, progress) => make(folder, now, signal, progress),
    drill: (backup, signal) => drill(folder, backup, secretKey, signal),
    cleanUp: () => cleanUp(folder),
  }
}
