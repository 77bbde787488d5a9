import { DAY, formatTime } from '#shared/time'
import type { Actor } from '../../repositories/audit.ts'
import { snoozeItem, type ItemName } from '../../repositories/attention.ts'
import { useConfig } from '../../config.ts'
import { invalidField, NotFound } from '../../errors.ts'
import { noteSnooze, readAttention } from './list.ts'

const MAX_DAYS = 30

/**
 * Takes an item off the list until then, for everybody of the account set; `null` puts it back. Throws Invalid and
 * NotFound.
 */
export async function snooze(
  { kind, key, until }: { kind: string; key: string; until: number | null },
  by: Actor & { setOfBookId: number },
): Promise<void> {
  const now = Date.now()
  if (until !== null && (until <= now || until > now + MAX_DAYS * DAY))
    throw invalidField('until', `必须是以后 ${MAX_DAYS} 天之内的时间`, { rule: 'within_days', days: MAX_DAYS })
  const items = await readAttention(by.setOfBookId, now)
  const kept = items.find(({ item }) => item.kind === kind && item.key === key)
  if (!kept) throw new NotFound('没有这件待办，可能已经处理好了', { code: 'attention_not_found' })
  const { severity, title } = kept.item
  const name: ItemName = { kind: kept.item.kind, key }
  await snoozeItem({ ...name, severity, title }, until, by, until === null ? null : formatTime(until, useConfig().zone))
  noteSnooze(kept, until, by.user)
}
