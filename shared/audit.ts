import { z } from 'zod'
import { endTimeField, pagingFields, textField, timeField } from './fields.ts'

/** What is written down about who did what: log-ins and changes that a shop may want to ask about later. */
export const AUDIT_EVENTS = [
  'logged_in',
  'log_in_failed',
  'logged_out',
  'session_ended',
  'settings_changed',
  'token_replaced',
  'automation_changed',
  'device_created',
  'device_changed',
  'device_deleted',
  'order_deleted',
  'message_deleted',
  'message_replayed',
  'import_started',
  'import_reset',
  'batch_started',
  'batch_retried',
  'batch_cancelled',
] as const

export type AuditEvent = (typeof AUDIT_EVENTS)[number]

/** What an event was about, by the names of the public fields; never a secret: of one only that it changed. */
export interface AuditDetail {
  /** Why a log-in failed. */
  reason?: string
  /** The thing's id and its name for a person. */
  id?: number
  name?: string
  before?: Record<string, unknown>
  after?: Record<string, unknown>
}

/** The list's query. */
export function auditQuerySchema(zone: string) {
  return z.object({
    event: z.enum(AUDIT_EVENTS, { error: `必须是 ${AUDIT_EVENTS.join('、')} 之一` }).optional(),
    user: textField(1, 64).optional(),
    start_date: timeField(zone).optional(),
    end_date: endTimeField(zone).optional(),
    ...pagingFields,
  })
}

export type AuditQuery = z.output<ReturnType<typeof auditQuerySchema>>

/** One entry as `GET /api/audit` lists it, newest first. */
export interface AuditEntry {
  id: number
  at: string
  user: string
  address: string
  event: AuditEvent
  detail: AuditDetail | null
}
