import { formatTime } from '#shared/time'
import { freeDiskSpace, probeStorage, readActivity } from '../repositories/health.ts'
import { useConfig } from '../utils/config.ts'
import { Unavailable } from '../utils/errors.ts'

/** Below this a day's orders and the backup of the night may not fit any more. */
const LEAST_DISK_SPACE = 100 * 1024 * 1024

/** Throws Unavailable, or what SQLite throws, when an order could not be stored now. */
export async function checkHealth(): Promise<void> {
  await probeStorage()
  if ((await freeDiskSpace()) < LEAST_DISK_SPACE) throw new Unavailable('数据目录所在的磁盘快满了，请清理空间')
}

/** What those who belong here may know beyond “healthy”. */
export async function describeHealth() {
  const { zone } = useConfig()
  const time = (at: number | null) => (at === null ? null : formatTime(at, zone))
  const [{ oldestDue, lastWebhook, lastDownload }, disk] = await Promise.all([readActivity(), freeDiskSpace()])
  return {
    free_disk_bytes: disk,
    queue_age_seconds: oldestDue === null ? 0 : Math.max(0, Math.round((Date.now() - oldestDue) / 1000)),
    last_webhook_at: time(lastWebhook),
    last_download_at: time(lastDownload),
    uptime_seconds: Math.round(process.uptime()),
  }
}
