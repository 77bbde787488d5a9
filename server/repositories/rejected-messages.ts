import { and, count, desc, eq, sql } from 'drizzle-orm'
import { rejectedMessages } from '#drizzle/schema'
import type { OrderMessage } from '#shared/orders'
import { useStorage } from '../db/client.ts'
import { addAudit, type Actor } from './audit.ts'
import { storeOrder } from './orders.ts'

export type RejectedMessageRecord = typeof rejectedMessages.$inferSelect

const KEPT_PER_SET = 1000
const MAX_BYTES = 64 * 1024

/**
 * Keeps a message that could not be understood: at most its first 64 KiB, and of an account set the newest 1,000. One that came before,
 * as goBox sends again what it was not told to be taken, is kept once.
 */
export async function keepRejectedMessage(
  message: Pick<RejectedMessageRecord, 'setOfBookId' | 'source' | 'reason'>,
  bytes: Buffer,
  now: number,
): Promise<void> {
  const { db, write } = useStorage()
  const { setOfBookId } = message
  const body = bytes.subarray(0, MAX_BYTES).toString('utf8')
  await write(() => {
    db.delete(rejectedMessages)
      .where(and(eq(rejectedMessages.setOfBookId, setOfBookId), eq(rejectedMessages.body, body)))
      .run()
    db.insert(rejectedMessages)
      .values({ ...message, receivedAt: now, body, truncated: bytes.length > MAX_BYTES })
      .run()
    db.delete(rejectedMessages)
      .where(
        and(
          eq(rejectedMessages.setOfBookId, setOfBookId),
          sql`${rejectedMessages.id} <= (select id from ${rejectedMessages} where ${eq(rejectedMessages.setOfBookId, setOfBookId)} order by id desc limit 1 offset ${KEPT_PER_SET})`,
        ),
      )
      .run()
  })
}

const own = (setOfBookId: number, id: number) =>
  and(eq(rejectedMessages.setOfBookId, setOfBookId), eq(rejectedMessages.id, id))

/** A page of the account set's kept messages, newest first. */
export async function listRejectedMessages(setOfBookId: number, { start, limit }: { start: number; limit: number }) {
  const { db } = useStorage()
  const where = eq(rejectedMessages.setOfBookId, setOfBookId)
  return {
    total: db.select({ total: count() }).from(rejectedMessages).where(where).get()!.total,
    rows: db
      .select()
      .from(rejectedMessages)
      .where(where)
      .orderBy(desc(rejectedMessages.id))
      .limit(limit)
      .offset(start)
      .all(),
  }
}

/** One kept message of the account set. */
export async function getRejectedMessage(setOfBookId: number, id: number): Promise<RejectedMessageRecord | undefined> {
  return useStorage().db.select().from(rejectedMessages).where(own(setOfBookId, id)).get()
}

/** Stores the order that a kept message tells of, and forgets the message. Returns whether it was still there. */
export async function replayRejectedMessage(
  setOfBookId: number,
  id: number,
  order: OrderMessage,
  by: Actor,
  now: number,
): Promise<boolean> {
  const { db, write } = useStorage()
  return write(() => {
    if (db.delete(rejectedMessages).where(own(setOfBookId, id)).run().changes === 0) return false
    storeOrder(setOfBookId, order, by.user, now)
    addAudit(by, 'message_replayed', { id, name: order.trans_id })
    return true
  })
}

/** Throws a kept message away. Returns whether it was there. */
export async function deleteRejectedMessage(setOfBookId: number, id: number, by: Actor): Promise<boolean> {
  const { db, write } = useStorage()
  return write(() => {
    const deleted = db.delete(rejectedMessages).where(own(setOfBookId, id)).run().changes > 0
    if (deleted) addAudit(by, 'message_deleted', { id })
    return deleted
  })
}
