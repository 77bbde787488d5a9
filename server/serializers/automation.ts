import { DEFAULT_DOWNLOAD_MINUTES, DEFAULT_IMPORT_DELAY_MINUTES, type Automation } from '#shared/automation'
import { formatTime } from '#shared/time'
import type { AutomationRecord } from '../repositories/automations.ts'
import type { SetOfBookRecord } from '../repositories/set-of-books.ts'
import { pausedReason } from '../repositories/lookup-verdicts.ts'
import { lookBackDays } from '../services/look-back.ts'
import { useConfig } from '../config.ts'

/** What runs by itself, as the pages show it; `automation` is missing until something is switched on. */
export function presentAutomation(set: SetOfBookRecord, automation: AutomationRecord | undefined): Automation {
  const { zone } = useConfig()
  const paused = pausedReason(set)
  const time = (at: number | null | undefined) => (at == null ? null : formatTime(at, zone))
  return {
    downloads: automation?.downloads ?? false,
    download_minutes: automation?.downloadMinutes ?? DEFAULT_DOWNLOAD_MINUTES,
    imports: automation?.imports ?? false,
    import_delay_minutes: automation?.importDelayMinutes ?? DEFAULT_IMPORT_DELAY_MINUTES,
    import_since: time(automation?.importSince),
    close_days: automation?.closeDays ?? false,
    enabled_user: automation?.enabledUser ?? null,
    has_c8_login: automation?.c8Token != null,
    last_webhook_at: time(set.lastWebhookAt),
    last_download_at: time(set.lastDownloadAt),
    last_attempt_at: time(automation?.lastAttemptAt),
    last_download_error: automation?.lastDownloadError ?? null,
    last_download_error_code: automation?.lastDownloadErrorCode ?? null,
    last_download_error_params: automation?.lastDownloadErrorParams ?? null,
    downloaded_until: automation?.downloads ? time(automation.downloadCursor) : null,
    look_back_days: lookBackDays(automation?.lateBy ?? 0),
    import_paused_reason: paused?.message ?? null,
    import_paused_code: paused?.code ?? null,
    import_paused_params: paused?.params ?? null,
  }
}
