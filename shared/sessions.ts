import { z } from 'zod'
import { answerSchema, shownText, shownTime, shownUser, type AnswerOf } from './answer-schema.ts'
import { nameField } from './fields.ts'

/** The log-in's query (docs/api.md, Log-in). */
export const logInSchema = z.object({
  url: nameField(2048).meta({ examples: ['https://c8.example.com'] }),
  set_of_book: nameField(64).meta({ examples: ['A001'] }),
  user_name: nameField(64)
    .meta({ examples: ['李雪梅'] })
    .optional(),
})
export type LogIn = z.output<typeof logInSchema>

/** What a successful log-in answers. */
export const sessionAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({
    token: shownText('0b7c…', 'The session’s token.'),
    access_level: z.int().meta({ description: 'A bit mask: 1 view, 2 edit, 4 create, 8 delete.', examples: [15] }),
    expires_at: shownTime().meta({ description: 'Each use puts it off.' }),
    user_name: shownUser(),
    name: shownText('南山店', 'What people call the account set; `null` without a name.').nullable(),
    time_zone: shownText('Asia/Shanghai', 'The shop’s zone, in which every time is written.'),
  }),
)
export type Session = AnswerOf<typeof sessionAnswer>
