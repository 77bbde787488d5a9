import { useStorage } from '../storage/engine.ts'
import type { RestoreNotice } from '../storage/backups.ts'

export type { RestoreNotice } from '../storage/backups.ts'

/** What is still to be said of the last restore; `undefined` where nothing was restored. */
export function readRestoreNotice(): RestoreNotice | undefined {
  return useStorage().restoreNotice?.read()
}

/** Keeps what is still to be said. */
export function saveRestoreNotice(notice: RestoreNotice) {
  useStorage().restoreNotice?.write(notice)
}
