import { z } from 'zod'
import {
  answerSchema,
  shownErrorCode,
  shownErrorParams,
  shownText,
  shownTime,
  shownUser,
  type AnswerOf,
} from './answer-schema.ts'
import { flagField, integerField, timeField } from './fields.ts'

export const DEFAULT_DOWNLOAD_MINUTES = 15
export const DEFAULT_IMPORT_DELAY_MINUTES = 10

/** What is to run by itself; `import_since` leaves older orders to the clerk, by default those from before today. */
export function automationSchema(zone: string) {
  return z.object({
    downloads: flagField(),
    download_minutes: integerField(1, 1440).default(DEFAULT_DOWNLOAD_MINUTES),
    imports: flagField(),
    import_delay_minutes: integerField(0, 10_080).default(DEFAULT_IMPORT_DELAY_MINUTES),
    import_since: timeField(zone).optional(),
    /** Absent: as it is. */
    close_days: flagField().optional(),
  })
}

export type AutomationInput = z.output<ReturnType<typeof automationSchema>>

/** What runs by itself, when it last did, and why it does not. */
export const automationAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      downloads: z.boolean(),
      download_minutes: z.int().meta({ examples: [15] }),
      imports: z.boolean(),
      import_delay_minutes: z.int().meta({ examples: [10] }),
      import_since: shownTime().nullable(),
      close_days: z.boolean().meta({ description: 'A day is closed once a check of it leaves no difference.' }),
      enabled_user: shownUser().nullable(),
      has_c8_login: z
        .boolean()
        .meta({ description: 'A C8 log-in is stored through which imports can run without anybody signed in.' }),
      last_webhook_at: shownTime().nullable(),
      last_download_at: shownTime().nullable().meta({ description: 'goBox last answered a download, whoever asked.' }),
      last_attempt_at: shownTime().nullable().meta({ description: 'The last download by itself ended, well or not.' }),
      last_download_error: shownText('goBox 获取访问令牌失败：连接不上，请稍后再试').nullable(),
      last_download_error_code: shownErrorCode().nullable(),
      last_download_error_params: shownErrorParams().nullable(),
      downloaded_until: shownTime().nullable().meta({ description: 'All that goBox had up to then has been fetched.' }),
      look_back_days: z.int().meta({ description: 'So many days are looked at again each night.', examples: [3] }),
      import_paused_reason: shownText('C8 登录已失效，导入已暂停；重新登录后自动继续').nullable(),
      import_paused_code: shownErrorCode().nullable(),
      import_paused_params: shownErrorParams().nullable(),
    })
    .meta({ id: 'Automation' }),
)
export type Automation = AnswerOf<typeof automationAnswer>
