import { z } from 'zod'
import { integerField, nameField } from './fields.ts'

/** goBox's credentials as the settings page sends them (contract.md, 3.4). */
export const credentialsSchema = z.object({
  app_key: nameField(256).optional(),
  user_name: nameField(128).optional(),
})
export type CredentialsInput = z.output<typeof credentialsSchema>

/** How long the replaced local token stays good, so that goBox can be switched over: not at all unless stated. */
export const tokenReplacementSchema = z.object({
  overlap_hours: integerField(0, 168)
    .optional()
    .transform((hours) => hours ?? 0),
})

/** An account set as every route shows it; the three secrets only to those who may edit. */
export interface SetOfBook {
  id: number
  set_of_book: string
  app_key: string | null
  user_name: string | null
  access_token: string | null
  token_created_at: string | null
  expired_at: string | null
  token: string | null
  updated_at: string | null
  updated_user: string | null
}
