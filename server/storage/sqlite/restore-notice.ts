import { join } from 'node:path'
import type { RestoreNotice, RestoreNoticeFile } from '../backups.ts'
import { readState, writeState } from './state-file.ts'

/** The notice of a data folder. */
export function restoreNoticeFile(folder: string): RestoreNoticeFile {
  const path = join(folder, 'restored.json')
  return {
    read: () => readState<RestoreNotice>(path),
    write: (notice) => writeState(path, notice),
  }
}
