import { z } from 'zod'
import { answerSchema, shownText, shownTime, type AnswerOf } from './answer-schema.ts'

/** What the owners of an account set have to hear after the database was restored from a backup. */
const restoreNotice = /* @__PURE__ */ answerSchema(() =>
  z.object({
    at: shownTime(),
    file: shownText('gobox-20261120-030000.db.gz', 'The name of the backup.'),
    strangers: z.int().meta({
      description:
        'Messages to the webhook with a token that is nobody’s, since the restore: goBox may still have a newer one.',
      examples: [0],
    }),
    last_stranger_at: shownTime().nullable(),
  }),
)
export type RestoreNotice = AnswerOf<typeof restoreNotice>

export const restoreNoticeAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({
    notice: restoreNotice()
      .nullable()
      .meta({ description: '`null` once goBox was heard with the token that holds, or somebody has taken note.' }),
  }),
)
