import { join } from 'node:path'
import type { BackupStatus } from '../backups.ts'
import { readState, writeState } from './state-file.ts'

const fileOf = (folder: string) => join(folder, 'backups.json')

/** What is known of a data folder's backups. */
export function readBackupStatus(folder: string): BackupStatus {
  return readState(fileOf(folder)) ?? {}
}

/** Records a change. */
export function noteBackupStatus(folder: string, change: BackupStatus) {
  writeState(fileOf(folder), { ...readBackupStatus(folder), ...change })
}
