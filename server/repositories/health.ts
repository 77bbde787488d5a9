import { statfs } from 'node:fs/promises'
import { and, isNotNull, isNull, max, min } from 'drizzle-orm'
import { orders, setOfBooks } from '#drizzle/schema'
import { useStorage } from '../db/client.ts'

/** A probe costs a disk sync, and anybody may ask: its answer stands for this long, in milliseconds. */
const PROBE_KEPT = 1000

let probe: { at: number; done: Promise<void> } | undefined

/** Writes to the database. Throws what SQLite throws when it cannot be written. */
export function probeStorage(): Promise<void> {
  if (!probe || performance.now() - probe.at > PROBE_KEPT) {
    const { sqlite, write } = useStorage()
    const done = write(() => void sqlite.pragma(`user_version = ${sqlite.pragma('user_version', { simple: true })}`))
    probe = { at: performance.now(), done }
  }
  return probe.done
}

/** Free bytes on the data folder's disk. */
export async function freeDiskSpace(): Promise<number> {
  const { bavail, bsize } = await statfs(useStorage().folder)
  return bavail * bsize
}

/** When the longest due order of any queue was due, and when goBox last called the webhook and was last asked; `null`: never. */
export async function readActivity() {
  const { db } = useStorage()
  const waiting = and(isNotNull(orders.importDueAt), isNull(orders.importLease))
  return {
    oldestDue:
      db
        .select({ at: min(orders.importDueAt) })
        .from(orders)
        .where(waiting)
        .get()?.at ?? null,
    lastWebhook:
      db
        .select({ at: max(setOfBooks.lastWebhookAt) })
        .from(setOfBooks)
        .get()?.at ?? null,
    lastDownload:
      db
        .select({ at: max(setOfBooks.lastDownloadAt) })
        .from(setOfBooks)
        .get()?.at ?? null,
  }
}
