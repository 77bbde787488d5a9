import { eq } from 'drizzle-orm'
import { setOfBooks } from '#drizzle/schema/account-sets'
import { useStorage } from '../storage/engine.ts'

/** Records when goBox last called the webhook. */
export async function saveLastWebhook(id: number, at: number): Promise<void> {
  await useStorage().write((tx) => tx.update(setOfBooks).set({ lastWebhookAt: at }).where(eq(setOfBooks.id, id)))
}

/** Records when goBox last answered a download, and whether it returned a new order. */
export async function saveLastDownload(id: number, at: number, hasNew: boolean): Promise<void> {
  const change = { lastDownloadAt: at, ...(hasNew && { lastNewOrderAt: at }) }
  await useStorage().write((tx) => tx.update(setOfBooks).set(change).where(eq(setOfBooks.id, id)))
}
