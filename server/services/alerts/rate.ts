import { hash } from 'node:crypto'
import type { ChannelType } from '#shared/alerts'
import { clockOf } from './quiet-hours.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** A robot's rate limit over a span of milliseconds, with some margin for clock skew. */
const RATES: Partial<Record<ChannelType, { within: number; messages: number }[]>> = {
  wecom: [{ within: MINUTE + SECOND, messages: 19 }],
  dingtalk: [{ within: MINUTE + SECOND, messages: 19 }],
  feishu: [
    { within: MINUTE + SECOND, messages: 95 },
    { within: SECOND + 100, messages: 4 },
  ],
}

/** At the full and the half hour everybody's messages come, and the robot refuses. */
const CROWDED = /:(?:00|30)$/

/** When messages were sent, by address: several channels may share a robot. */
const sent = new Map<string, number[]>()

const recentOf = (key: string, now: number) =>
  (sent.get(key) ?? []).filter((at) => at <= now && now - at <= MINUTE + SECOND)

/** Whether the robot behind an address takes a message now. */
export function hasRoom(type: ChannelType, url: string, now: number, zone: string): boolean {
  if (type === 'feishu' && CROWDED.test(clockOf(now, zone))) return false
  const recent = recentOf(hash('sha256', url), now)
  return (RATES[type] ?? []).every(({ within, messages }) => recent.filter((at) => now - at < within).length < messages)
}

/** Notes that a message is sent. */
export function noteMessage(url: string, now: number) {
  const key = hash('sha256', url)
  sent.set(key, [...recentOf(key, now), now])
  for (const [other, times] of sent) if (now - times.at(-1)! > MINUTE + SECOND) sent.delete(other)
}
