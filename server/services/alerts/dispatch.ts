import type { ChannelType } from '#shared/alerts'
import { isChannelAddress } from '../../connectors/alert-addresses.ts'
import { sendToDingtalk, sendToFeishu, sendToWebhook, sendToWecom } from '../../connectors/alert-robots.ts'
import { sendEmail } from '../../connectors/email.ts'
import type { ChannelRecord } from '../../repositories/alert-channels.ts'
import { Refused } from '../../errors.ts'
import { DINGTALK, PLAIN, subjectOf, textOf, WECOM, type Told } from './text.ts'

/** Maximum length of a message, in bytes. */
const MAX_BYTES = { wecom: 4096, dingtalk: 19_000, feishu: 19_000, email: 200_000 }

type Parcel = Pick<Told, 'type' | 'message'> & { messageId: string }

function webhookBody({ type, message }: Parcel, keyword: string | null): string {
  const { items, more, digest } = message
  return JSON.stringify({ type, data: { items, ...(more && { more }), ...digest, ...(keyword && { keyword }) } })
}

const SENDERS: Record<ChannelType, (channel: ChannelRecord, parcel: Parcel, now: number) => Promise<void>> = {
  wecom: (channel, parcel) => sendToWecom(channel.url, textOf({ ...channel, ...parcel }, WECOM, MAX_BYTES.wecom)),
  dingtalk: (channel, parcel, now) => {
    const told = { ...channel, ...parcel }
    const text = textOf(told, DINGTALK, MAX_BYTES.dingtalk)
    return sendToDingtalk(channel.url, channel.secret, { title: subjectOf(told), text }, now)
  },
  feishu: (channel, parcel, now) =>
    sendToFeishu(channel.url, channel.secret, textOf({ ...channel, ...parcel }, PLAIN, MAX_BYTES.feishu), now),
  webhook: (channel, parcel, now) => {
    const body = webhookBody(parcel, channel.keyword)
    return sendToWebhook(channel.url, channel.secret!, parcel.messageId, body, now)
  },
  email: (channel, parcel) => {
    const told = { ...channel, ...parcel }
    return sendEmail(channel.url, parcel.messageId, subjectOf(told), textOf(told, PLAIN, MAX_BYTES.email))
  },
}

/**
 * Sends a message through a channel. Throws Refused, also with nothing sent where the address is no longer allowed,
 * UpstreamBroken and UpstreamTimeout.
 */
export async function dispatch(channel: ChannelRecord, parcel: Parcel, now: number): Promise<void> {
  if (!isChannelAddress(channel.type, channel.url))
    throw new Refused('通知渠道的地址不再允许，请检查地址和 NUXT_ALERT_ALLOWED_ORIGINS', {
      code: 'alert_address_not_allowed',
    })
  await SENDERS[channel.type](channel, parcel, now)
}
