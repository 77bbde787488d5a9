import { DAY } from '#shared/time'
import { useBackups, type BackupStatus } from '../../repositories/backups.ts'
import { pageAt, type Evaluator } from './finding.ts'

const HOUR = 3_600_000
const OLDEST_BACKUP = 50 * HOUR
const OLDEST_DRILL = 8 * DAY

/** What is wrong, as a sentence, and since when; times ahead of the clock come from one that was set back. */
function backupTrouble({ backup, lastTry, drill }: BackupStatus, now: number) {
  if (lastTry && lastTry.error !== null) return { detail: `上次备份失败：${lastTry.error}`, since: lastTry.at }
  if (backup && now - backup.at > OLDEST_BACKUP)
    return { detail: '已超过 50 小时没有备份成功', since: backup.at + OLDEST_BACKUP }
  if (drill && !drill.ok) return { detail: `上次恢复演练失败：${drill.detail}`, since: drill.at }
  if (drill && now - drill.at > OLDEST_DRILL)
    return { detail: '已超过 8 天没有做恢复演练', since: drill.at + OLDEST_DRILL }
  return null
}

/** The last backup or restore drill failed, or is too old; where the app itself makes them. */
export const backupFailing: Evaluator = {
  kind: 'backup_failing',
  severity: 'critical',
  isOfMachine: true,
  find({ now }) {
    const backups = useBackups()
    const trouble = backups && backupTrouble(backups.status(), now)
    return trouble ? [{ title: '备份有问题', ...trouble, to: pageAt('/settings', { tab: 'backups' }) }] : []
  },
}
