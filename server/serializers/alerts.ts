import { MASK, type AlertChannel, type AlertDelivery } from '#shared/alerts'
import { formatTime } from '#shared/time'
import { maskAddress } from '../connectors/alert-addresses.ts'
import type { ChannelRecord } from '../repositories/alert-channels.ts'
import type { DeliveryRecord } from '../repositories/alert-deliveries.ts'
import { useConfig } from '../config.ts'

const time = (at: number | null) => (at === null ? null : formatTime(at, useConfig().zone))

/** A channel as every route shows it, its secrets masked. */
export function presentChannel(channel: ChannelRecord): AlertChannel {
  return {
    id: channel.id,
    name: channel.name,
    type: channel.type,
    url: maskAddress(channel.type, channel.url),
    secret: channel.secret === null ? null : MASK,
    keyword: channel.keyword,
    enabled: channel.enabled,
    min_severity: channel.minSeverity,
    digest_at: channel.digestAt,
    quiet_from: channel.quietFrom,
    quiet_to: channel.quietTo,
    last_sent_at: time(channel.lastSentAt),
    last_error: channel.lastError,
  }
}

/** A message to a channel as the list shows it. */
export function presentDelivery(
  delivery: Omit<DeliveryRecord, 'setOfBookId' | 'severity' | 'claim' | 'messageId' | 'message' | 'dueAt'>,
): AlertDelivery {
  return {
    id: delivery.id,
    channel_id: delivery.channelId,
    type: delivery.type,
    created_at: time(delivery.createdAt)!,
    sent_at: time(delivery.sentAt),
    attempts: delivery.attempts,
    error: delivery.error,
    given_up_at: time(delivery.givenUpAt),
  }
}
