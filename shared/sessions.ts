import { z } from 'zod'
import { nameField } from './fields.ts'

/** The log-in's query (contract.md, 3.2). */
export const logInSchema = z.object({
  url: nameField(2048),
  set_of_book: nameField(64),
  user_name: nameField(64).optional(),
})
export type LogIn = z.output<typeof logInSchema>

/** What a successful log-in answers. */
export interface Session {
  token: string
  access_level: number
  expires_at: string
  user_name: string
  /** The shop's zone, in which every time is written. */
  time_zone: string
}
