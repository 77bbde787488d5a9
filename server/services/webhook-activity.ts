import { saveLastWebhook } from '../repositories/contacts.ts'

/**
 * When each account set's webhook was last called; written out now and then, so that a message costs no extra write.
 */
const unsaved = new Map<number, number>()

/** Notes that goBox has just called the webhook of this account set. */
export function noteWebhook(setOfBookId: number) {
  unsaved.set(setOfBookId, Date.now())
}

/** Flushes what has been recorded. */
export async function saveWebhookActivity(): Promise<void> {
  const noted = [...unsaved]
  unsaved.clear()
  await Promise.all(noted.map(([id, at]) => saveLastWebhook(id, at)))
}
