import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { useConfig } from '../../config.ts'

/** A backup's name, which says when it was made (UTC). */
const BACKUP = /^gobox-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)\.db$/
/** What a backup is called until it has been checked: always the same, so that no try leaves more than one behind. */
export const UNFINISHED = 'gobox.part'
/** An earlier release named each try by its time. */
const LEFTOVER = /^gobox(?:-[\d-]+T[\d-]+\.db)?\.part(?:-journal)?$/

export interface BackupName {
  name: string
  /** When it was made, in milliseconds. */
  at: number
}

/** A time as it stands in the names of files, in UTC. */
export function stamp(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replaceAll(':', '-')
}

/** Where the backups of a data folder are. */
export function backupFolder(folder: string): string {
  return resolve(useConfig().backupDir ?? join(folder, 'backups'))
}

/** Those of a folder's files that are backups, newest first. */
export function backupsAmong(files: string[]): BackupName[] {
  return files
    .flatMap((name) => {
      const [, day, hour, minute, second] = BACKUP.exec(name) ?? []
      return day === undefined ? [] : [{ name, at: Date.parse(`${day}T${hour}:${minute}:${second}Z`) }]
    })
    .toSorted((a, b) => b.at - a.at)
}

/** Those of a folder's files that a backup which was cut off has left. */
export function leftoversAmong(files: string[]): string[] {
  return files.filter((name) => LEFTOVER.test(name))
}

/** Removes what a backup that was cut off has left. */
export function removeLeftovers(backups: string) {
  if (!existsSync(backups)) return
  for (const name of leftoversAmong(readdirSync(backups))) rmSync(join(backups, name), { force: true })
}
