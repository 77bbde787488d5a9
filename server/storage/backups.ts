/** Bytes that must stay free beside the database, or a day's orders may not fit any more. */
export const LEAST_DISK_SPACE = 100 * 1024 * 1024

/** A backup as it lies in its folder; `at` is when it was made, in milliseconds. */
export interface BackupFile {
  name: string
  at: number
  size: number
}

/** How the last backup and the last restore drill went, whoever made them. Times in milliseconds. */
export interface BackupStatus {
  /** The last backup that was made and found good, and how many rows it has by table. */
  backup?: { name: string; at: number; rows: Record<string, number> }
  /** `error` is a sentence for the owner. */
  lastTry?: { at: number; error: string | null }
  drill?: { at: number; ok: boolean; detail: string }
  /** The backup that was made before the last upgrade. */
  upgrade?: { name: string; at: number }
}

/** Copies of the whole database; only where the app itself makes them. */
export interface Backups {
  /** Where they are. */
  readonly folder: string
  /** How many there are, and the newest. */
  list: () => Promise<{ count: number; newest: BackupFile | undefined }>
  status: () => BackupStatus
  /** Notes how a try that failed, or a drill, went; a good backup is noted by itself. */
  note: (change: Pick<BackupStatus, 'lastTry' | 'drill'>) => void
  /**
   * Makes one beside the running app until `signal` ends it; `progress` is told from 0 to 1 how far it is. Resolves
   * with where it is. Rejects with WrongSetting where the reason is the owner's to mend.
   */
  make: (now: number, signal: AbortSignal, progress: (done: number) => void) => Promise<string>
  /** Restores one on trial. Resolves with its rows by table; rejects as `make` does. */
  drill: (backup: BackupFile, signal: AbortSignal) => Promise<Record<string, number>>
  /** Removes what was cut off earlier. */
  cleanUp: () => Promise<void>
}

/**
 * What the owners of the account sets have to hear after a restore: which local token holds is decided by the backup,
 * and goBox may have another one. Times in milliseconds.
 */
export interface RestoreNotice {
  at: number
  /** The name of the backup. */
  file: string
  /** The account sets, by id, for which it has not been settled yet. */
  sets: number[]
  /** Messages to the webhook whose token is nobody's, since the restore. */
  strangers?: number
  lastStrangerAt?: number
}

/** Keeps the notice beside the database, which does not know that it was restored. */
export interface RestoreNoticeFile {
  read: () => RestoreNotice | undefined
  write: (notice: RestoreNotice) => void
}
