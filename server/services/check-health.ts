import { formatTime } from '#shared/time'
import packageJson from '../../package.json' with { type: 'json' }
import { freeDiskSpace, LEAST_DISK_SPACE, probeStorage, readActivity, storageEngine } from '../repositories/health.ts'
import { useConfig } from '../config.ts'
import { Unavailable } from '../errors.ts'
import { lastBackup } from './backups.ts'

const ENGINES = { sqlite: 'SQLite', postgres: 'PostgreSQL' }

let isLeaving = false

/** From here on the process is not ready: the load balancer sends requests elsewhere. */
export function leaveService() {
  isLeaving = true
}

/** Throws Unavailable, or what the engine throws, if orders cannot be stored now or soon. */
export async function checkHealth(): Promise<void> {
  if (isLeaving) throw new Unavailable('goBox 正在停止，请稍后再试', { code: 'stopping' })
  await probeStorage()
  const free = await freeDiskSpace()
  if (free !== null && free < LEAST_DISK_SPACE)
    throw new Unavailable('数据目录所在的磁盘快满了，请清理空间', { code: 'disk_almost_full' })
}

/** Details beyond “healthy”, for authenticated callers. */
export async function describeHealth() {
  const { zone } = useConfig()
  const time = (at: number | null) => (at === null ? null : formatTime(at, zone))
  const backup = lastBackup()
  const [{ oldestDue, lastWebhook, lastDownload }, disk] = await Promise.all([readActivity(), freeDiskSpace()])
  return {
    version: packageJson.version,
    engine: ENGINES[storageEngine()],
    free_disk_bytes: disk,
    queue_age_seconds: oldestDue === null ? 0 : Math.max(0, Math.round((Date.now() - oldestDue) / 1000)),
    last_webhook_at: time(lastWebhook),
    last_download_at: time(lastDownload),
    last_backup_at: time(backup.at),
    last_backup_ok: backup.ok,
    uptime_seconds: Math.round(process.uptime()),
  }
}
