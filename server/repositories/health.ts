import { and, isNotNull, isNull, max, min } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import { setOfBooks } from '#drizzle/schema/account-sets'
import { useStorage } from '../storage/engine.ts'

export { LEAST_DISK_SPACE } from '../storage/backups.ts'

/** A probe costs a disk sync, and anybody may ask: its answer stands for this long, in milliseconds. */
const PROBE_KEPT = 1000

let probe: { at: number; done: Promise<void> } | undefined

/** Test-writes to the database. Rejects with the engine's error. */
export function probeStorage(): Promise<void> {
  if (!probe || performance.now() - probe.at > PROBE_KEPT) {
    probe = { at: performance.now(), done: useStorage().probe() }
  }
  return probe.done
}

/** Where the data is. */
export const storageEngine = () => useStorage().engine

/** Free bytes on the data's disk; `null` where that is not this machine's. */
export function freeDiskSpace(): Promise<number | null> {
  return useStorage().freeSpace()
}

/**
 * When the longest due order of any queue was due, and when goBox last called the webhook and was last asked; `null`:
 * never.
 */
export async function readActivity() {
  const { db } = useStorage()
  const waiting = and(isNotNull(orders.importDueAt), isNull(orders.importLease))
  const [queue] = await db
    .select({ due: min(orders.importDueAt) })
    .from(orders)
    .where(waiting)
  const [contacts] = await db
    .select({ webhook: max(setOfBooks.lastWebhookAt), download: max(setOfBooks.lastDownloadAt) })
    .from(setOfBooks)
  return { oldestDue: queue!.due, lastWebhook: contacts!.webhook, lastDownload: contacts!.download }
}
