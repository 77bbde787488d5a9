import { z } from 'zod'
import {
  answerSchema,
  shownInteger,
  shownSetOfBook,
  shownText,
  shownTime,
  shownUser,
  type AnswerOf,
} from './answer-schema.ts'
import { integerField, nameField, orNull } from './fields.ts'

/** What people call the account set, and goBox's credentials, as the settings page sends them. */
export const credentialsSchema = z.object({
  name: orNull(nameField(40).meta({ examples: ['南山店'] })).optional(),
  app_key: nameField(256)
    .meta({ examples: ['key of A001'] })
    .optional(),
  user_name: nameField(128)
    .meta({ examples: ['shop-A001'] })
    .optional(),
})
export type CredentialsInput = z.output<typeof credentialsSchema>

/** How long the replaced local token stays good, so that goBox can be switched over: not at all unless stated. */
export const tokenReplacementSchema = z.object({
  overlap_hours: integerField(0, 168).default(0),
})

/** An account set as every route shows it; the three secrets only to those who may edit. */
export const setOfBookAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      id: shownInteger(),
      set_of_book: shownSetOfBook(),
      name: shownText('南山店', 'What people call it; `null` without a name.').nullable(),
      app_key: shownText('key of A001', 'Secret: `null` without the permission “edit”.').nullable(),
      user_name: shownText('shop-A001', 'The shop’s name at goBox.').nullable(),
      access_token: shownText('5f3a…', 'Secret, issued by goBox: `null` without the permission “edit”.').nullable(),
      token_created_at: shownTime().nullable(),
      expired_at: shownTime().nullable(),
      token: shownText('9c41…', 'The local token. Secret: `null` without the permission “edit”.').nullable(),
      updated_at: shownTime().nullable(),
      updated_user: shownUser().nullable(),
    })
    .meta({ id: 'SetOfBook' }),
)
export type SetOfBook = AnswerOf<typeof setOfBookAnswer>

/** An account set whose local token was replaced. */
export const replacedTokenAnswer = /* @__PURE__ */ answerSchema(() =>
  setOfBookAnswer().extend({
    old_token_good_until: shownTime().nullable().meta({ description: '`null` where it is refused from now on.' }),
  }),
)
