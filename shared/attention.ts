import { z } from 'zod'
import {
  answerSchema,
  pageOf,
  shownErrorCode,
  shownErrorParams,
  shownText,
  shownTime,
  shownUser,
  shownYuan,
  type AnswerOf,
} from './answer-schema.ts'
import { flagField, orNull, pagingFields, textField, timeField } from './fields.ts'

/** Gravest first. */
export const SEVERITIES = ['critical', 'warning'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Whether `one` is at least as grave as `other`. */
export function isAtLeast(one: Severity, other: Severity): boolean {
  return SEVERITIES.indexOf(one) <= SEVERITIES.indexOf(other)
}

/** What can need a person (docs/api.md, Attention); each has a module in server/services/attention/. */
const ATTENTION_KINDS = [
  'backup_failing',
  'cabinet_silent',
  'cabinet_unconfigured',
  'clock_odd',
  'day_changed_after_close',
  'day_differs',
  'disk_low',
  'download_failing',
  'gobox_login_failing',
  'gobox_silent',
  'import_failed',
  'import_stuck',
  'imports_paused',
  'message_rejected',
  'refund_overdue',
  'refund_unhandled',
] as const
export type AttentionKind = (typeof ATTENTION_KINDS)[number]

/** One thing that needs a person; `(kind, key)` names it for as long as it lasts. */
const attentionItemAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      kind: z.enum(ATTENTION_KINDS),
      key: z.string().meta({ description: '`""` where a kind has only one.', examples: [''] }),
      severity: z.enum(SEVERITIES),
      title: shownText('自动导入已暂停'),
      detail: shownText('C8 登录已失效，导入已暂停；重新登录后自动继续'),
      detail_code: shownErrorCode().nullable().meta({ description: 'Where the detail is a failure’s reason.' }),
      detail_params: shownErrorParams().nullable(),
      count: z
        .int()
        .nullable()
        .meta({ examples: [3] }),
      amount: shownYuan().nullable(),
      since: shownTime(),
      to: shownText('/orders?import_state=failed', 'The page that shows exactly these.'),
      snoozed_until: shownTime().nullable(),
      snoozed_user: shownUser().nullable(),
    })
    .meta({ id: 'AttentionItem' }),
)
export type AttentionItem = AnswerOf<typeof attentionItemAnswer>

export const attentionPageAnswer = /* @__PURE__ */ answerSchema(() => pageOf(attentionItemAnswer()))

/** The list's query; `snoozed` lists what is snoozed, alone. */
export const attentionQuerySchema = z.object({ snoozed: flagField().optional(), ...pagingFields })

const MAX_KEY = 1000

/** Until when an item is snoozed; `null` ends it. */
export function snoozeSchema(zone: string) {
  return z.object({
    kind: textField(1, 64).meta({ examples: ['refund_unhandled'] }),
    key: textField(0, MAX_KEY)
      .meta({ examples: [''] })
      .default(''),
    until: orNull(timeField(zone)),
  })
}
