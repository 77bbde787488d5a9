import { useStorage } from '../storage/engine.ts'
import type { Backups } from '../storage/backups.ts'

export type { BackupFile, BackupStatus } from '../storage/backups.ts'

/** The app's own backups; `null` where the database has its own (PostgreSQL). */
export function useBackups(): Backups | null {
  return useStorage().backups
}
