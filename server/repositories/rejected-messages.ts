import { createHash } from 'node:crypto'
import { and, asc, count, desc, eq, getTableColumns, sql } from 'drizzle-orm'
import { rejectedMessages, rejectedTotals } from '#drizzle/schema/messages'
import type { Reason } from '#shared/error-codes'
import type { OrderMessage } from '#shared/orders'
import { grouped, useStorage, type Tx } from '../storage/engine.ts'
import { addAudit, type Actor } from './audit.ts'
import { storeOrders } from './orders.ts'

export type RejectedMessageRecord = typeof rejectedMessages.$inferSelect

export const KEPT_PER_SET = 1000
const MAX_BYTES = 64 * 1024
const MAX_TRANS_ID = 128

const { body: _, messageKey: __, ...listed } = getTableColumns(rejectedMessages)

/** PostgreSQL's text holds no NUL. */
const storable = (text: string) => text.toWellFormed().replaceAll('\0', '\uFFFD')

/** One entry an order; what names none is one with the messages of the same text. */
function keyOf(transId: string | null, bytes: Buffer): string {
  return (
    (transId === null ? 'text ' : 'order ') +
    createHash('sha256')
      .update(transId ?? bytes)
      .digest('base64url')
  )
}

/**
 * How many messages of an account set are kept. Locked until the transaction ends, and before any of its messages: two
 * transactions that keep and push out wait for each other but never in a circle.
 */
async function lockTotals(tx: Tx, setOfBookId: number) {
  const own = eq(rejectedTotals.setOfBookId, setOfBookId)
  const [known] = await useStorage().forUpdate(tx.select().from(rejectedTotals).where(own))
  if (known) return known
  const kept = sql`(select count(*) from ${rejectedMessages} where ${rejectedMessages.setOfBookId} = ${setOfBookId})`
  const [made] = await tx
    .insert(rejectedTotals)
    .values({ setOfBookId, kept, pushedOut: 0 })
    .onConflictDoUpdate({ target: rejectedTotals.setOfBookId, set: { pushedOut: sql`${rejectedTotals.pushedOut}` } })
    .returning()
  return made!
}

async function pushOutOldest(tx: Tx, setOfBookId: number) {
  const [oldest] = await tx
    .select({ id: rejectedMessages.id })
    .from(rejectedMessages)
    .where(eq(rejectedMessages.setOfBookId, setOfBookId))
    .orderBy(asc(rejectedMessages.receivedAt), asc(rejectedMessages.id))
    .limit(1)
  if (oldest) await tx.delete(rejectedMessages).where(eq(rejectedMessages.id, oldest.id))
}

interface Origin extends Pick<RejectedMessageRecord, 'setOfBookId' | 'source'> {
  /** The order that it is about, where that can be read. */
  transId: string | null
}

/** What a message brings to its entry, whether that is new or not. */
function contentOf({ source, transId }: Origin, { message, code, params }: Reason, bytes: Buffer, now: number) {
  return {
    source,
    transId: transId === null ? null : storable(transId).slice(0, MAX_TRANS_ID),
    reason: message,
    reasonCode: code,
    reasonParams: params ?? null,
    receivedAt: now,
    body: storable(bytes.subarray(0, MAX_BYTES).toString('utf8')),
    truncated: bytes.length > MAX_BYTES,
  }
}

interface Refused {
  origin: Origin
  reason: Reason
  bytes: Buffer
  now: number
}

/** Writes one message down. Returns whether it has an entry of its own. */
async function keepOne(tx: Tx, { origin, reason, bytes, now }: Refused): Promise<boolean> {
  const content = contentOf(origin, reason, bytes, now)
  const values = { ...content, setOfBookId: origin.setOfBookId, messageKey: keyOf(origin.transId, bytes), firstAt: now }
  const [entry] = await tx
    .insert(rejectedMessages)
    .values(values)
    .onConflictDoUpdate({
      target: [rejectedMessages.setOfBookId, rejectedMessages.messageKey],
      set: { ...content, count: sql`${rejectedMessages.count} + 1` },
    })
    .returning({ count: rejectedMessages.count })
  return entry!.count === 1
}

/** Keeps messages of one account set; beyond the bound each new entry pushes the oldest out. */
async function keepOfSet(tx: Tx, setOfBookId: number, messages: Refused[]) {
  let { kept, pushedOut, lastPushedOutAt } = await lockTotals(tx, setOfBookId)
  for (const message of messages) {
    if (!(await keepOne(tx, message))) continue
    if (kept < KEPT_PER_SET) {
      kept++
      continue
    }
    await pushOutOldest(tx, setOfBookId)
    pushedOut++
    lastPushedOutAt = message.now
  }
  await tx
    .update(rejectedTotals)
    .set({ kept, pushedOut, lastPushedOutAt })
    .where(eq(rejectedTotals.setOfBookId, setOfBookId))
}

/** A rush of refused messages shares transactions, as good ones do. */
const keep = grouped(
  async (tx: Tx, messages: Refused[]) => {
    const sets = Map.groupBy(messages, ({ origin }) => origin.setOfBookId)
    for (const [id, own] of [...sets].sort(([a], [b]) => a - b)) await keepOfSet(tx, id, own)
    return messages.map(() => undefined)
  },
  ({ origin }) => String(origin.setOfBookId),
)

/**
 * Keeps a message that could not be understood: at most its first 64 KiB, one entry an order, and of an account set
 * those of the 1,000 orders that came last. Takes as long however many there are.
 */
export function keepRejectedMessage(origin: Origin, reason: Reason, bytes: Buffer, now: number): Promise<void> {
  return keep({ origin, reason, bytes, now })
}

const own = (setOfBookId: number, id: number) =>
  and(eq(rejectedMessages.setOfBookId, setOfBookId), eq(rejectedMessages.id, id))

const withBegin = <Row extends { receivedAt: number; firstAt: number | null }>(row: Row) => ({
  ...row,
  firstAt: row.firstAt ?? row.receivedAt,
})

/** A page of the account set's kept messages without their texts, the one that came last first. */
export async function listRejectedMessages(setOfBookId: number, { start, limit }: { start: number; limit: number }) {
  const { db } = useStorage()
  const where = eq(rejectedMessages.setOfBookId, setOfBookId)
  const [counted] = await db.select({ total: count() }).from(rejectedMessages).where(where)
  const [totals] = await db.select().from(rejectedTotals).where(eq(rejectedTotals.setOfBookId, setOfBookId))
  const rows = await db
    .select(listed)
    .from(rejectedMessages)
    .where(where)
    .orderBy(desc(rejectedMessages.receivedAt), desc(rejectedMessages.id))
    .limit(limit)
    .offset(start)
  return {
    total: counted!.total,
    pushedOut: totals?.pushedOut ?? 0,
    lastPushedOutAt: totals?.lastPushedOutAt ?? null,
    rows: rows.map(withBegin),
  }
}

/** One kept message of the account set. */
export async function getRejectedMessage(setOfBookId: number, id: number) {
  const [message] = await useStorage().db.select().from(rejectedMessages).where(own(setOfBookId, id))
  return message && withBegin(message)
}

/** Whether the message was there; with `asOf` only as it was when so many had come. */
async function removeMessage(tx: Tx, setOfBookId: number, id: number, asOf?: number): Promise<boolean> {
  const { kept } = await lockTotals(tx, setOfBookId)
  const removed = await tx
    .delete(rejectedMessages)
    .where(and(own(setOfBookId, id), asOf === undefined ? undefined : eq(rejectedMessages.count, asOf)))
    .returning({ id: rejectedMessages.id })
  if (removed.length === 0) return false
  await tx
    .update(rejectedTotals)
    .set({ kept: Math.max(0, kept - 1) })
    .where(eq(rejectedTotals.setOfBookId, setOfBookId))
  return true
}

/**
 * Stores the order that a kept message tells of, and forgets the message. Returns whether it was still there, and none
 * has come since.
 */
export async function replayRejectedMessage(
  { setOfBookId, id, count: asOf }: Pick<RejectedMessageRecord, 'setOfBookId' | 'id' | 'count'>,
  order: OrderMessage,
  by: Actor,
  now: number,
  isEdited: boolean,
): Promise<boolean> {
  return useStorage().write(async (tx) => {
    if (!(await removeMessage(tx, setOfBookId, id, asOf))) return false
    await storeOrders(tx, [{ setOfBookId, message: order, user: by.user, now }])
    await addAudit(tx, by, 'message_replayed', {
      id,
      name: order.trans_id,
      ...(isEdited ? { after: { edited: true } } : {}),
    })
    return true
  })
}

/** Throws a kept message away. Returns whether it was there. */
export async function deleteRejectedMessage(setOfBookId: number, id: number, by: Actor): Promise<boolean> {
  return useStorage().write(async (tx) => {
    const deleted = await removeMessage(tx, setOfBookId, id)
    if (deleted) await addAudit(tx, by, 'message_deleted', { id })
    return deleted
  })
}
