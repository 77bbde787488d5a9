import type { RejectedMessage } from '#shared/rejected-messages'
import { formatTime } from '#shared/time'
import type { RejectedMessageRecord } from '../repositories/rejected-messages.ts'
import { useConfig } from '../config.ts'

/** A kept message as the list shows it, without its text. */
export function presentRejectedMessage(
  message: Omit<RejectedMessageRecord, 'body' | 'messageKey' | 'firstAt'> & { firstAt: number },
): RejectedMessage {
  const { zone } = useConfig()
  return {
    id: message.id,
    trans_id: message.transId,
    received_at: formatTime(message.receivedAt, zone),
    first_at: formatTime(message.firstAt, zone),
    count: message.count,
    source: message.source,
    truncated: message.truncated,
    reason: message.reason,
    reason_code: message.reasonCode,
    reason_params: message.reasonParams,
  }
}
