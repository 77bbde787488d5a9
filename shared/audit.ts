import { z } from 'zod'
import {
  answerSchema,
  pageOf,
  shownErrorCode,
  shownErrorParams,
  shownInteger,
  shownText,
  shownTime,
  shownUser,
  type AnswerOf,
} from './answer-schema.ts'
import { EXPORT_FORMATS } from './orders.ts'
import { choiceField, endTimeField, pagingFields, textField, timeField } from './fields.ts'

/** How long an audit entry is kept at least, in milliseconds. */
export const AUDIT_KEPT = 365 * 24 * 3_600_000

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
  'refund_handled',
  'refund_reopened',
  'message_deleted',
  'message_replayed',
  'import_started',
  'import_reset',
  'batch_started',
  'batch_retried',
  'batch_cancelled',
  'database_restored',
  'alert_channel_created',
  'alert_channel_changed',
  'alert_channel_deleted',
  'attention_snoozed',
  'day_closed',
  'day_reopened',
  'difference_accepted',
  'changes_accepted',
  'alias_created',
  'alias_changed',
  'alias_deleted',
  'view_shared',
  'view_changed',
  'view_withdrawn',
] as const

export type AuditEvent = (typeof AUDIT_EVENTS)[number]

/** What an event was about, by the names of the public fields; never a secret: of one only that it changed. */
const auditDetailAnswer = /* @__PURE__ */ answerSchema(() =>
  z.object({
    reason: shownText('C8 不认可这次登录，请从 C8 重新打开 goBox', 'Why a log-in failed.').optional(),
    code: shownErrorCode().optional(),
    params: shownErrorParams().optional(),
    id: shownInteger().meta({ description: 'The thing’s id.' }).optional(),
    name: shownText('一号柜', 'The thing’s name for a person.').optional(),
    before: z
      .record(z.string(), z.unknown())
      .meta({ examples: [{ name: '旧柜' }] })
      .optional(),
    after: z
      .record(z.string(), z.unknown())
      .meta({ examples: [{ name: '一号柜' }] })
      .optional(),
  }),
)
export type AuditDetail = AnswerOf<typeof auditDetailAnswer>

const filterFields = (zone: string) => ({
  event: choiceField(AUDIT_EVENTS).optional(),
  /** Part of the name. */
  user: textField(1, 64)
    .meta({ examples: ['陈晓东'] })
    .optional(),
  start_date: timeField(zone).optional(),
  end_date: endTimeField(zone).optional(),
})

/** The list's query. */
export function auditQuerySchema(zone: string) {
  return z.object({ ...filterFields(zone), ...pagingFields })
}

/** The export's: the list's filter, and the form. */
export function auditExportSchema(zone: string) {
  return z.object({ ...filterFields(zone), format: choiceField(EXPORT_FORMATS).default('xlsx') })
}

export type AuditFilter = Omit<AuditQuery, 'start' | 'limit'>

export type AuditQuery = z.output<ReturnType<typeof auditQuerySchema>>

/** One entry as `GET /api/audit` lists it, newest first. */
const auditEntryAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      id: shownInteger(),
      at: shownTime(),
      user: shownUser(),
      address: shownText('192.168.1.20', 'Whence; empty for what the app did by itself.'),
      event: z.enum(AUDIT_EVENTS),
      detail: auditDetailAnswer().nullable(),
    })
    .meta({ id: 'AuditEntry' }),
)
export type AuditEntry = AnswerOf<typeof auditEntryAnswer>

export const auditPageAnswer = /* @__PURE__ */ answerSchema(() => pageOf(auditEntryAnswer()))
