import { randomUUID } from 'node:crypto'
import { and, asc, count, desc, eq, gte, inArray, isNull, lt, sql } from 'drizzle-orm'
import { alertDeliveries, alertNotices } from '#drizzle/schema/alerts'
import { DAY } from '#shared/time'
import { useStorage, type Tx } from '../storage/engine.ts'

export type DeliveryRecord = typeof alertDeliveries.$inferSelect
export type NewDelivery = Pick<DeliveryRecord, 'setOfBookId' | 'channelId' | 'type' | 'severity' | 'message'> & {
  claim?: string
}

const KEPT = 30 * DAY

const isOpen = and(isNull(alertDeliveries.sentAt), isNull(alertDeliveries.givenUpAt))

/** Queues a message for a channel; `undefined` if its claim is already taken. */
export async function addDelivery(tx: Tx, delivery: NewDelivery, now: number): Promise<number | undefined> {
  const [added] = await tx
    .insert(alertDeliveries)
    .values({ ...delivery, messageId: `msg_${randomUUID()}`, createdAt: now, dueAt: now, attempts: 0 })
    .onConflictDoNothing()
    .returning({ id: alertDeliveries.id })
  return added?.id
}

/** Adds a message in a transaction of its own. */
export async function queueDelivery(delivery: NewDelivery, now: number): Promise<number | undefined> {
  return useStorage().write((tx) => addDelivery(tx, delivery, now))
}

/** Whether a claim of the channel is taken. */
export async function isClaimed(channelId: number, claim: string): Promise<boolean> {
  const [taken] = await useStorage()
    .db.select({ id: alertDeliveries.id })
    .from(alertDeliveries)
    .where(and(eq(alertDeliveries.channelId, channelId), eq(alertDeliveries.claim, claim)))
  return taken !== undefined
}

/** Drops a channel's pending deliveries; items that persist are sent when it is enabled again. */
export async function giveUpAll(tx: Tx, channelId: number, error: string, now: number): Promise<void> {
  const isOfChannel = and(eq(alertDeliveries.channelId, channelId), isOpen)
  const untold = tx.select({ id: alertDeliveries.id }).from(alertDeliveries).where(isOfChannel)
  await tx
    .delete(alertNotices)
    .where(and(eq(alertNotices.channelId, channelId), inArray(alertNotices.deliveryId, untold)))
  await tx.update(alertDeliveries).set({ givenUpAt: now, error }).where(isOfChannel)
}

/** As `giveUpAll`, in its own transaction. */
export async function giveUpDeliveries(channelId: number, error: string, now: number): Promise<void> {
  await useStorage().write((tx) => giveUpAll(tx, channelId, error, now))
}

/** A page of the messages to the account set's channels in the last 30 days, newest first. */
export async function listDeliveries(
  setOfBookId: number,
  { start, limit }: { start: number; limit: number },
  now: number,
) {
  const { db } = useStorage()
  const where = and(eq(alertDeliveries.setOfBookId, setOfBookId), gte(alertDeliveries.createdAt, now - KEPT))
  const [counted] = await db.select({ total: count() }).from(alertDeliveries).where(where)
  const shown = {
    id: alertDeliveries.id,
    channelId: alertDeliveries.channelId,
    type: alertDeliveries.type,
    createdAt: alertDeliveries.createdAt,
    sentAt: alertDeliveries.sentAt,
    attempts: alertDeliveries.attempts,
    error: alertDeliveries.error,
    givenUpAt: alertDeliveries.givenUpAt,
  }
  const rows = await db
    .select(shown)
    .from(alertDeliveries)
    .where(where)
    .orderBy(desc(alertDeliveries.id))
    .limit(limit)
    .offset(start)
  return { total: counted!.total, rows }
}

/** The channels with pending messages. */
export async function listWaitingChannels(): Promise<number[]> {
  const rows = await useStorage()
    .db.selectDistinct({ id: alertDeliveries.channelId })
    .from(alertDeliveries)
    // As the partial index has it.
    .where(sql`sent_at is null and given_up_at is null`)
  return rows.map(({ id }) => id)
}

/** The next message for a channel; optionally only a critical one. */
export async function nextDelivery(channelId: number, onlyUrgent: boolean): Promise<DeliveryRecord | undefined> {
  const isUrgent = sql`(${alertDeliveries.severity} = 'critical' or ${alertDeliveries.type} = 'digest')`
  const [next] = await useStorage()
    .db.select()
    .from(alertDeliveries)
    .where(
      and(
        eq(alertDeliveries.channelId, channelId),
        sql`sent_at is null and given_up_at is null`,
        onlyUrgent ? isUrgent : undefined,
      ),
    )
    .orderBy(asc(alertDeliveries.id))
    .limit(1)
  return next
}

/** Records the start of an attempt and freezes the message. Returns it as it will be sent. */
export async function beginAttempt(id: number): Promise<DeliveryRecord | undefined> {
  const [begun] = await useStorage().write((tx) =>
    tx
      .update(alertDeliveries)
      .set({ attempts: sql`${alertDeliveries.attempts} + 1` })
      .where(and(eq(alertDeliveries.id, id), isOpen))
      .returning(),
  )
  return begun
}

/** The outcome of an attempt: sent, postponed or abandoned. */
export type AttemptEnd = Pick<DeliveryRecord, 'error'> & Partial<Pick<DeliveryRecord, 'sentAt' | 'dueAt' | 'givenUpAt'>>

/** Records the outcome of an attempt. */
export async function endAttempt(tx: Tx, id: number, change: AttemptEnd): Promise<void> {
  await tx
    .update(alertDeliveries)
    .set(change)
    .where(and(eq(alertDeliveries.id, id), isOpen))
}

/** Deletes messages older than 30 days. Returns how many. */
export async function sweepDeliveries(now: number): Promise<number> {
  return useStorage().write(async (tx) => {
    const swept = await tx
      .delete(alertDeliveries)
      .where(lt(alertDeliveries.createdAt, now - KEPT))
      .returning({ id: alertDeliveries.id })
    return swept.length
  })
}
