import { startOfDay } from '#shared/time'
import { backUpAside, lastBackup } from '../db/backup.ts'
import { useStorage } from '../db/client.ts'
import { useConfig } from '../utils/config.ts'
import { log } from '../utils/log.ts'

const HOUR = 3_600_000
/** The shop sleeps: 3 o'clock in its zone. */
const BACKUP_HOUR = 3
const CHECK = 10 * 60_000
const RETRY = HOUR

let timer: NodeJS.Timeout | undefined
let triedAt = Number.NEGATIVE_INFINITY

/** Whether the last night's backup is missing: also after the night itself, for a machine that is off at night. */
export function isBackupDue(last: number | null, now: number, zone: string): boolean {
  const today = startOfDay(now, zone) + BACKUP_HOUR * HOUR
  const night = now >= today ? today : startOfDay(now - 24 * HOUR, zone) + BACKUP_HOUR * HOUR
  // One that is ahead of the clock comes from a clock that has since been set back.
  return last === null || last < night || last > now
}

async function check() {
  const { folder } = useStorage()
  if (performance.now() - triedAt < RETRY || !isBackupDue(lastBackup(folder), Date.now(), useConfig().zone)) return
  triedAt = performance.now()
  log.info({ file: await backUpAside(folder, Date.now()) }, 'backed up')
}

const run = () => void check().catch((error) => log.error({ err: error }, 'backup'))

/** Backs the database up every night. */
export function startBackups() {
  timer = setInterval(run, CHECK)
}

/** Starts no more backups. */
export function stopBackups() {
  clearInterval(timer)
}
