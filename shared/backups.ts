import { z } from 'zod'
import { answerSchema, shownText, shownTime, type AnswerOf } from './answer-schema.ts'

/** How the backups of the whole database stand. */
export const backupsAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      status: z.enum(['idle', 'running']),
      progress: z
        .number()
        .nullable()
        .meta({ description: 'How far the one under way is, from 0 to 1.', examples: [0.5] }),
      last_at: shownTime().nullable().meta({ description: 'When the newest backup was made.' }),
      size: z
        .int()
        .nullable()
        .meta({ description: 'Its bytes.', examples: [1_048_576] }),
      verified: z.boolean().meta({ description: 'Whether the newest one was checked when it was made.' }),
      folder: shownText('/var/lib/gobox/backups', 'Where they are on the server.'),
      count: z.int(),
      error: shownText('备份失败：磁盘空间不够', 'Why the last try failed.').nullable(),
      drill: z
        .object({
          at: shownTime().nullable(),
          ok: z.boolean().nullable(),
          detail: shownText('1284 orders', 'What was found.').nullable(),
        })
        .meta({ description: 'The last try to restore one, into a folder that is thrown away.' }),
    })
    .meta({ id: 'Backups' }),
)
export type Backups = AnswerOf<typeof backupsAnswer>
