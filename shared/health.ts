import { z } from 'zod'
import { answerSchema, shownText, shownTime, type AnswerOf } from './answer-schema.ts'

/** What `GET /api/health` answers when all is well; the details are for those who are signed in. */
export const healthAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      unconfigured: z.array(z.enum(['NUXT_GOBOX_URL', 'NUXT_C8_ALLOWED_ORIGINS'])).meta({
        description: 'For everybody, and only there where a setting is missing without which goBox cannot work.',
      }),
      version: shownText('0.2.0'),
      engine: z.enum(['SQLite', 'PostgreSQL']),
      free_disk_bytes: z
        .int()
        .nullable()
        .meta({ description: 'Of the data folder; `null` on PostgreSQL.', examples: [21_474_836_480] }),
      queue_age_seconds: z.int().meta({ description: 'How long the oldest order that is due waits.', examples: [0] }),
      last_webhook_at: shownTime().nullable(),
      last_download_at: shownTime().nullable(),
      last_backup_at: shownTime().nullable(),
      last_backup_ok: z.boolean().nullable(),
      uptime_seconds: z.int().meta({ examples: [3600] }),
    })
    .partial(),
)
export type Health = AnswerOf<typeof healthAnswer>
