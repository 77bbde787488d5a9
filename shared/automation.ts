import { z } from 'zod'
import { flagField, integerField, timeField } from './fields'

export const DEFAULT_DOWNLOAD_MINUTES = 15
export const DEFAULT_IMPORT_DELAY_MINUTES = 10

/** What is to run by itself; `import_since` leaves older orders to the clerk, by default those from before today. */
export function automationSchema(zone: string) {
  return z.object({
    downloads: flagField(),
    download_minutes: integerField(1, 1440)
      .optional()
      .transform((minutes) => minutes ?? DEFAULT_DOWNLOAD_MINUTES),
    imports: flagField(),
    import_delay_minutes: integerField(0, 10_080)
      .optional()
      .transform((minutes) => minutes ?? DEFAULT_IMPORT_DELAY_MINUTES),
    import_since: timeField(zone).optional(),
  })
}

export type AutomationInput = z.output<ReturnType<typeof automationSchema>>

/** What runs by itself, when it last did, and why it does not. */
export interface Automation {
  downloads: boolean
  download_minutes: number
  imports: boolean
  import_delay_minutes: number
  import_since: string | null
  enabled_user: string | null
  /** Whether a C8 log-in is stored through which imports can run without anybody signed in. */
  has_c8_login: boolean
  last_webhook_at: string | null
  /** When goBox last answered a download, whoever asked. */
  last_download_at: string | null
  /** When the last download by itself ended, well or not. */
  last_attempt_at: string | null
  last_download_error: string | null
  /** Everything that goBox had up to then has been fetched. */
  downloaded_until: string | null
  import_paused_reason: string | null
}
