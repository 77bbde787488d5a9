import { DAY, startOfDay } from '#shared/time'
import { useBackups, type BackupFile } from '../repositories/backups.ts'
import { useConfig, WrongSetting } from '../config.ts'
import { Conflict, Refused } from '../errors.ts'
import { log } from '../log/log.ts'

type Backups = NonNullable<ReturnType<typeof useBackups>>

const HOUR = 3_600_000
/** The shop sleeps: 3 o'clock in its zone. */
const BACKUP_HOUR = 3
const CHECK = 10 * 60_000
const RETRY = HOUR
const DRILL_EVERY = 7 * DAY

let timer: NodeJS.Timeout | undefined
let triedAt = Number.NEGATIVE_INFINITY
const stopping = new AbortController()
/** How far the backup under way is, from 0 to 1; `null` while there is none. */
let progress: number | null = null
/** Backups and drills, one after the other. */
let work: Promise<void> = Promise.resolve()

/** Whether the last night's backup is missing: also after the night itself, for a machine that is off at night. */
export function isBackupDue(last: number | null, now: number, zone: string): boolean {
  const today = startOfDay(now, zone) + BACKUP_HOUR * HOUR
  const night = now >= today ? today : startOfDay(now - 24 * HOUR, zone) + BACKUP_HOUR * HOUR
  // A time in the future means that the clock has since been set back.
  return last === null || last < night || last > now
}

/** Whether the weekly restore drill is due; a last one in the future means that the clock was set back. */
function isDrillDue(last: number | null, now: number): boolean {
  return last === null || last > now || now - last >= DRILL_EVERY
}

/** A sentence for the owner; unexpected errors go to the log. */
const reasonOf = (error: unknown) => (error instanceof WrongSetting ? error.message : '程序内部出错，详情见日志')

async function backUpNow(backups: Backups) {
  const now = Date.now()
  try {
    const file = await backups.make(now, stopping.signal, (done) => {
      progress = Math.max(progress ?? 0, done)
    })
    log.info({ file }, 'backed up')
  } catch (error) {
    if (stopping.signal.aborted) return
    log.error({ err: error }, 'backup')
    backups.note({ lastTry: { at: now, error: reasonOf(error) } })
  } finally {
    progress = null
  }
}

/** Restores the newest backup on trial; its contents must match the counts recorded when it was made. */
async function tryNewest(backups: Backups, newest: BackupFile): Promise<string> {
  const rows = await backups.drill(newest, stopping.signal)
  const made = backups.status().backup
  if (made?.name === newest.name && JSON.stringify(made.rows) !== JSON.stringify(rows))
    throw new WrongSetting(`行数和备份时不一样：${JSON.stringify(rows)}，应为 ${JSON.stringify(made.rows)}`)
  return `${rows.orders} 个订单、${rows.devices} 个货柜、${rows.set_of_books} 个账套`
}

async function drillNow(backups: Backups) {
  const { newest } = await backups.list()
  const at = Date.now()
  if (!newest || !isDrillDue(backups.status().drill?.at ?? null, at)) return
  try {
    const found = await tryNewest(backups, newest)
    log.info({ file: newest.name, found }, 'restore drill')
    backups.note({ drill: { at, ok: true, detail: `${newest.name}：${found}` } })
  } catch (error) {
    if (stopping.signal.aborted) return
    log.error({ err: error, file: newest.name }, 'restore drill')
    backups.note({ drill: { at, ok: false, detail: `${newest.name}：${reasonOf(error)}` } })
  }
}

/** Queues a task behind the running one; it never rejects. */
function enqueue(run: () => Promise<void>) {
  work = work.then(run).catch((error) => log.error({ err: error }, 'backup'))
}

/** The app's own backups. Throws Refused where the database has its own. */
function requireBackups(): Backups {
  const backups = useBackups()
  if (backups) return backups
  throw new Refused('数据在 PostgreSQL 里，请用它自己的工具备份（pgBackRest 或 pg_dump）', {
    code: 'backups_elsewhere',
  })
}

/**
 * Starts a backup, and the restore drill after it if that is due. Throws Conflict while one is being made, and Refused
 * where the database has its own.
 */
export function startBackup() {
  const backups = requireBackups()
  if (progress !== null) throw new Conflict('正在备份，请等它完成', { code: 'backup_running' })
  progress = 0
  triedAt = performance.now()
  enqueue(() => backUpNow(backups))
  enqueue(() => drillNow(backups))
}

async function check(backups: Backups) {
  if (progress !== null) return
  const { newest } = await backups.list()
  if (performance.now() - triedAt >= RETRY && isBackupDue(newest?.at ?? null, Date.now(), useConfig().zone))
    startBackup()
  else enqueue(() => drillNow(backups))
}

/**
 * Backs the database up every night, where that is the app's own work, and tries every week whether the newest backup
 * can be restored.
 */
export function startBackups() {
  const backups = useBackups()
  if (!backups) return
  enqueue(backups.cleanUp)
  timer = setInterval(() => void check(backups).catch((error) => log.error({ err: error }, 'backup')), CHECK)
}

/** Starts no more backups, and ends the one under way. */
export async function stopBackups() {
  clearInterval(timer)
  stopping.abort(new Error('the app is being stopped'))
  await work
}

/** The state of the backups; times in milliseconds. Throws Refused if the database brings its own backups. */
export async function viewBackups() {
  const backups = requireBackups()
  return { ...(await backups.list()), progress, status: backups.status(), folder: backups.folder }
}

export type BackupsView = Awaited<ReturnType<typeof viewBackups>>

/** When the last good backup was made, in milliseconds, and whether none has failed since; `null`: never tried. */
export function lastBackup(): { at: number | null; ok: boolean | null } {
  const { backup, lastTry } = useBackups()?.status() ?? {}
  return { at: backup?.at ?? null, ok: lastTry ? lastTry.error === null : null }
}
