import { z } from 'zod'
import { answerSchema, pageOf, shownInteger, shownText, shownTime, type AnswerOf } from './answer-schema.ts'
import { SEVERITIES } from './attention.ts'
import { choiceField, clockField, flagField, nameField, orNull, textField } from './fields.ts'

export const CHANNEL_TYPES = ['wecom', 'dingtalk', 'feishu', 'webhook', 'email'] as const
export type ChannelType = (typeof CHANNEL_TYPES)[number]

/** What a delivery can be. */
export const ALERT_TYPES = ['attention.opened', 'attention.resolved', 'digest', 'test'] as const
export type AlertType = (typeof ALERT_TYPES)[number]

/** Off the full and half hours, at which robots refuse. */
export const DEFAULT_DIGEST_AT = '08:07'

/** In the place of what is never shown. */
export const MASK = '******'

const fields = {
  name: nameField(64).meta({ examples: ['值班群'] }),
  url: nameField(2000).meta({ examples: ['https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…'] }),
  secret: orNull(textField(1, 200).meta({ examples: ['SEC…'] })).optional(),
  keyword: orNull(nameField(64).meta({ examples: ['goBox'] })).optional(),
  enabled: flagField().optional(),
  min_severity: choiceField(SEVERITIES).optional(),
  digest_at: orNull(clockField()).optional(),
  quiet_from: orNull(clockField()).optional(),
  quiet_to: orNull(clockField()).optional(),
}

/** A new channel; what may be missing has a default. */
export const channelSchema = z.object({ type: choiceField(CHANNEL_TYPES), ...fields })
export type ChannelInput = z.output<typeof channelSchema>

/** Any subset of the fields; the type is fixed. */
export const channelPatchSchema = channelSchema.partial()
export type ChannelPatch = z.output<typeof channelPatchSchema>

/** A time of the day as answers show it. */
const shownClock = /* @__PURE__ */ answerSchema(() => z.string().meta({ examples: ['08:07'] }))

/** A channel as every route shows it. */
export const channelAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      id: shownInteger(),
      name: shownText('值班群'),
      type: z.enum(CHANNEL_TYPES),
      url: shownText('https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=******', 'With its key masked.'),
      secret: shownText(MASK, 'Masked.').nullable(),
      keyword: shownText('goBox', 'What the robot asks for in every message.').nullable(),
      enabled: z.boolean(),
      min_severity: z.enum(SEVERITIES),
      digest_at: shownClock().nullable().meta({ description: 'When the daily digest goes out; `null`: never.' }),
      quiet_from: shownClock().nullable(),
      quiet_to: shownClock().nullable(),
      last_sent_at: shownTime().nullable(),
      last_error: shownText('企业微信 发送通知失败：连接不上，请稍后再试').nullable(),
    })
    .meta({ id: 'AlertChannel' }),
)
export type AlertChannel = AnswerOf<typeof channelAnswer>

export const channelPageAnswer = /* @__PURE__ */ answerSchema(() => pageOf(channelAnswer()))

/** One message to a channel and how it went. */
const deliveryAnswer = /* @__PURE__ */ answerSchema(() =>
  z
    .object({
      id: shownInteger(),
      channel_id: shownInteger(),
      type: z.enum(ALERT_TYPES),
      created_at: shownTime(),
      sent_at: shownTime().nullable(),
      attempts: shownInteger(),
      error: shownText('企业微信 发送通知失败：连接不上，请稍后再试').nullable(),
      given_up_at: shownTime().nullable(),
    })
    .meta({ id: 'AlertDelivery' }),
)
export type AlertDelivery = AnswerOf<typeof deliveryAnswer>

export const deliveryPageAnswer = /* @__PURE__ */ answerSchema(() => pageOf(deliveryAnswer()))
