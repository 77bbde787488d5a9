import { isAtLeast, type Severity } from '#shared/attention'
import type { Listener } from '../../repositories/alert-channels.ts'
import { listListeners } from '../../repositories/alert-channels.ts'
import { listNotices, tellOpened, tellResolved } from '../../repositories/alert-notices.ts'
import { useConfig } from '../../config.ts'
import type { AttentionList, KeptItem } from '../attention/list.ts'
import { planDigest } from './digest.ts'
import { isQuiet } from './quiet-hours.ts'

/** What lasts, or has been over, for so long is told; milliseconds. */
const SETTLED = 2 * 60_000

/** Whether an item is for a channel now, which was told of it as `told` before. */
function isFor(
  { minSeverity }: Listener,
  { record, isSnoozed }: KeptItem,
  told: Severity | undefined,
  quiet: boolean,
): boolean {
  const { severity } = record
  const isNews = told === undefined || (told === 'warning' && severity === 'critical')
  return isNews && !isSnoozed && isAtLeast(severity, minSeverity) && (!quiet || severity === 'critical')
}

async function planOpened(listeners: Listener[], items: KeptItem[], now: number) {
  const settled = items.filter(({ record }) => now - record.openedAt >= SETTLED)
  if (settled.length === 0) return
  const notices = await listNotices(listeners.map(({ id }) => id))
  const known = new Map(notices.map(({ channelId, itemId, severity }) => [`${channelId} ${itemId}`, severity]))
  for (const listener of listeners) {
    const quiet = isQuiet(listener, now, useConfig().zone)
    const told = settled
      .filter((kept) => isFor(listener, kept, known.get(`${listener.id} ${kept.record.id}`), quiet))
      .map(({ record, item }) => ({ id: record.id, item }))
    if (told.length > 0) await tellOpened(listener, told, now)
  }
}

/** Puts into the channels' queues what an account set's list has to tell now. */
export async function planAlerts(setOfBookId: number, list: AttentionList, now: number): Promise<void> {
  const over = list.gone.filter(({ goneAt }) => now - goneAt! >= SETTLED)
  if (over.length > 0) await tellResolved(setOfBookId, over, now)
  const listeners = await listListeners(setOfBookId)
  if (listeners.length === 0) return
  await planOpened(listeners, list.items, now)
  for (const listener of listeners) await planDigest(listener, list.items, now)
}
