import { z } from 'zod'
import { dateRangeFields, nameField, pagingFields } from './fields.ts'

/** How many orders, and their sum in fen. */
export interface StoredSum {
  orders: number
  amount: number
}

/** Sums by cabinet, `dev_id` as text. */
export type CabinetSums = Record<string, StoredSum>

/** How far a check has come. */
export interface StoredProgress {
  step: 'gobox' | 'c8'
  done: number
  total: number
}

/** The longest stretch of days that is shown or taken away at once. */
export const MAX_DAYS = 366
/** The days that are shown where none are named. */
export const SHOWN_DAYS = 31

const note = nameField(200).meta({ examples: ['已在 C8 手工补单'] })

/** What a person says when they decide. */
export const noteSchema = z.object({ note })
/** The same where they need not. */
export const optionalNoteSchema = z.object({ note: note.optional() })

/** The query of the month. */
export function settlementQuerySchema(zone: string) {
  return z.object({ ...dateRangeFields(zone), ...pagingFields })
}

/** The query of the export. */
export function settlementExportSchema(zone: string) {
  return z.object(dateRangeFields(zone))
}

export const changesQuerySchema = z.object(pagingFields)
