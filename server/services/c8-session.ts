import { getAutomation } from '../repositories/automations.ts'
import type { OrderRecord } from '../repositories/orders.ts'
import { findSessionWith, type SessionRecord } from '../repositories/sessions.ts'

/**
 * Through whom the queue speaks to C8: a signed-in user (`id`), or the log-in stored for what runs by itself (`id` is
 * `null`).
 */
export type C8Session = Pick<SessionRecord, 'setOfBookId' | 'setOfBook' | 'userName' | 'c8Origin' | 'c8Token'> & {
  id: number | null
}

async function storedLogIn(setOfBookId: number): Promise<C8Session | undefined> {
  const automation = await getAutomation(setOfBookId)
  if (!automation?.c8Token) return undefined
  const { setOfBook, enabledUser: userName, c8Origin, c8Token } = automation
  return { id: null, setOfBookId, setOfBook, userName, c8Origin, c8Token }
}

/**
 * The C8 session for an order: that of who asked for it, else any other that may import; `undefined` when somebody must
 * log in first.
 */
export async function findC8Session({
  setOfBookId,
  importSessionId,
}: Pick<OrderRecord, 'setOfBookId' | 'importSessionId'>): Promise<C8Session | undefined> {
  const signedIn = () => findSessionWith('create', setOfBookId, importSessionId, Date.now())
  return importSessionId === null
    ? ((await storedLogIn(setOfBookId)) ?? (await signedIn()))
    : ((await signedIn()) ?? (await storedLogIn(setOfBookId)))
}
