import { DEFAULT_DOWNLOAD_MINUTES, DEFAULT_IMPORT_DELAY_MINUTES, type Automation } from '#shared/automation'
import { formatTime } from '#shared/time'
import type { AutomationRecord } from '../repositories/automations.ts'
import type { SetOfBookRecord } from '../repositories/set-of-books.ts'
import { useConfig } from '../utils/config.ts'

/** What runs by itself, as the pages show it; `automation` is missing until something is switched on. */
export function presentAutomation(set: SetOfBookRecord, automation: AutomationRecord | undefined): Automation {
  const { zone } = useConfig()
  const time = (at: number | null | undefined) => (at == null ? null : formatTime(at, zone))
  return {
    downloads: automation?.downloads ?? false,
    download_minutes: automation?.downloadMinutes ?? DEFAULT_DOWNLOAD_MINUTES,
    imports: automation?.imports ?? false,
    import_delay_minutes: automation?.importDelayMinutes ?? DEFAULT_IMPORT_DELAY_MINUTES,
    import_since: time(automation?.importSince),
    enabled_user: automation?.enabledUser ?? null,
    has_c8_login: automation?.c8Token != null,
    last_webhook_at: time(set.lastWebhookAt),
    last_download_at: time(set.lastDownloadAt),
    last_attempt_at: time(automation?.lastAttemptAt),
    last_download_error: automation?.lastDownloadError ?? null,
    downloaded_until: automation?.downloads ? time(automation.downloadCursor) : null,
    import_paused_reason: set.importPausedReason,
  }
}
