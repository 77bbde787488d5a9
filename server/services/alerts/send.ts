import {
  beginAttempt,
  giveUpDeliveries,
  listWaitingChannels,
  nextDelivery,
  type DeliveryRecord,
} from '../../repositories/alert-deliveries.ts'
import {
  endSending,
  findChannel,
  leaseChannel,
  releaseChannel,
  type ChannelRecord,
} from '../../repositories/alert-channels.ts'
import { RobotBusy } from '../../connectors/alert-robots.ts'
import { useConfig } from '../../config.ts'
import { DomainError } from '../../errors.ts'
import { log } from '../../log/log.ts'
import { dispatch } from './dispatch.ts'
import { isQuiet } from './quiet-hours.ts'
import { hasRoom, noteMessage } from './rate.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** After each failure; then it is given up. */
const PAUSES = [10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, ...Array.from({ length: 24 }, () => HOUR)]
/** A channel is held for as long as a call may take, and this. */
const MARGIN = 30 * SECOND

export type Clock = () => number

/** The update after a failed attempt. */
function afterFailure({ attempts }: DeliveryRecord, error: unknown, now: number) {
  const pause = PAUSES[attempts - 1]
  const message = error instanceof DomainError ? error.message : '程序内部出错，详情见日志'
  if (!(error instanceof DomainError)) log.error({ err: error }, 'alert')
  return pause === undefined
    ? { error: message, givenUpAt: now }
    : { error: message, dueAt: now + Math.max(pause, error instanceof RobotBusy ? error.restFor : 0) }
}

/** Sends one message; whether it went well. */
async function attempt(channel: ChannelRecord, id: number, clock: Clock): Promise<boolean> {
  const delivery = await beginAttempt(id)
  if (!delivery) return true
  noteMessage(channel.url, clock())
  try {
    await dispatch(channel, delivery, clock())
    await endSending(channel.id, id, { sentAt: clock(), error: null }, clock())
    return true
  } catch (error) {
    const change = afterFailure(delivery, error, clock())
    log.warn({ channel: channel.id, delivery: id, attempts: delivery.attempts, reason: change.error }, 'alert failed')
    await endSending(channel.id, id, change, clock())
    return change.givenUpAt !== undefined
  }
}

/** The next message for a channel. In quiet hours only critical ones are sent, ahead of those that wait. */
async function nextDue(channel: ChannelRecord, now: number): Promise<DeliveryRecord | undefined> {
  const { zone } = useConfig()
  const next = await nextDelivery(channel.id, isQuiet(channel, now, zone))
  // One that is due later than any was put off on a clock that has since been set back.
  const isDue = next && (next.dueAt <= now || next.dueAt > now + HOUR)
  return isDue && hasRoom(channel.type, channel.url, now, zone) ? next : undefined
}

/** Sends a channel's pending messages one by one, until one fails or nothing is due. */
async function work(channelId: number, clock: Clock, isStopping: () => boolean) {
  while (!isStopping()) {
    const channel = await findChannel(channelId)
    if (!channel?.enabled) return giveUpDeliveries(channelId, '通知渠道已停用或删除', clock())
    const now = clock()
    const next = await nextDue(channel, now)
    if (!next) return
    if (!(await leaseChannel(channelId, now + useConfig().upstreamTimeout + MARGIN, now))) return
    try {
      // Another node may have sent it since it was read.
      if (!(await attempt(channel, next.id, clock))) return
    } finally {
      await releaseChannel(channelId)
    }
  }
}

const busy = new Map<number, Promise<void>>()

/** Sends pending messages, channels in parallel; resolves when everything that can be sent has been. */
export async function sendWaiting(clock: Clock, isStopping: () => boolean = () => false): Promise<void> {
  for (const id of await listWaitingChannels()) {
    if (busy.has(id)) continue
    const job = work(id, clock, isStopping)
      .catch((error: unknown) => log.error({ err: error, channel: id }, 'alert'))
      .finally(() => busy.delete(id))
    busy.set(id, job)
  }
  await Promise.all(busy.values())
}
