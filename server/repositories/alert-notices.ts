import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { alertChannels, alertDeliveries, alertNotices } from '#drizzle/schema/alerts'
import type { AlertMessage } from '#shared/alert-message'
import type { AttentionItem, Severity } from '#shared/attention'
import { useStorage, type Tx } from '../storage/engine.ts'
import { addDelivery } from './alert-deliveries.ts'
import { removeItems, slicesOf, type ItemRecord } from './attention.ts'
import type { Listener } from './alert-channels.ts'

/*
 * What each channel was told of. A notice and the message that brings it are one transaction, so that of several nodes
 * one tells, and nothing is told twice or not at all, whenever a process ends.
 */

/** An item as an alert shows it. */
export interface Told {
  id: number
  item: AttentionItem
}

/** The most items that a message names; the others are only counted. */
const MAX_ITEMS = 200

function messageOf(items: AttentionItem[]): AlertMessage {
  const more = items.length - MAX_ITEMS
  return more > 0 ? { items: items.slice(0, MAX_ITEMS), more } : { items }
}

const gravest = (items: { severity: Severity }[]): Severity =>
  items.some(({ severity }) => severity === 'critical') ? 'critical' : 'warning'

/** The severity of each item when the channel was notified. */
export async function listNotices(channelIds: number[]): Promise<(typeof alertNotices.$inferSelect)[]> {
  return await useStorage().db.select().from(alertNotices).where(inArray(alertNotices.channelId, channelIds))
}

/** Claims the items that the channel was not notified of, or only at a lower severity. Returns their ids. */
async function claim(tx: Tx, channelId: number, deliveryId: number, told: Told[]): Promise<Set<number>> {
  const claimed = new Set<number>()
  for (const slice of slicesOf(told)) {
    const rows = await tx
      .insert(alertNotices)
      .values(slice.map(({ id, item }) => ({ channelId, itemId: id, severity: item.severity, deliveryId })))
      .onConflictDoUpdate({
        target: [alertNotices.channelId, alertNotices.itemId],
        set: { severity: 'critical', deliveryId },
        setWhere: and(eq(alertNotices.severity, 'warning'), sql`excluded.severity = 'critical'`),
      })
      .returning({ id: alertNotices.itemId })
    for (const { id } of rows) claimed.add(id)
  }
  return claimed
}

/** Queues one message about the items for a channel. */
export async function tellOpened({ id: channelId, setOfBookId }: Listener, told: Told[], now: number): Promise<void> {
  await useStorage().write(async (tx) => {
    const all = told.map(({ item }) => item)
    const message = messageOf(all)
    const type = 'attention.opened' as const
    const deliveryId = await addDelivery(tx, { setOfBookId, channelId, type, severity: gravest(all), message }, now)
    const claimed = await claim(tx, channelId, deliveryId!, told)
    if (claimed.size === told.length) return
    // Another node may have claimed some of them first.
    const items = told.filter(({ id }) => claimed.has(id)).map(({ item }) => item)
    const own = eq(alertDeliveries.id, deliveryId!)
    if (items.length === 0) await tx.delete(alertDeliveries).where(own)
    else
      await tx
        .update(alertDeliveries)
        .set({ message: messageOf(items), severity: gravest(items) })
        .where(own)
  })
}

/** Adds to the channel's last message, if it is of the same kind and nobody has begun to send it; whether it was. */
async function addToLast(tx: Tx, channelId: number, severity: Severity, items: AttentionItem[]): Promise<boolean> {
  const { sentAt, givenUpAt } = alertDeliveries
  const isOpen = and(eq(alertDeliveries.channelId, channelId), isNull(sentAt), isNull(givenUpAt))
  const query = tx.select().from(alertDeliveries).where(isOpen).orderBy(desc(alertDeliveries.id)).limit(1)
  const [last] = await useStorage().forUpdate(query)
  if (last?.type !== 'attention.resolved' || last.severity !== severity || last.attempts > 0) return false
  const { more = 0, ...message } = messageOf([...last.message.items, ...items])
  const left = more + (last.message.more ?? 0)
  await tx
    .update(alertDeliveries)
    .set({ message: left > 0 ? { ...message, more: left } : message })
    .where(eq(alertDeliveries.id, last.id))
  return true
}

/** The channels that were notified of items that are now resolved, unless the message was abandoned. */
async function listTold(tx: Tx, ids: number[]) {
  const rows = []
  for (const slice of slicesOf(ids))
    rows.push(
      ...(await tx
        .select({
          channelId: alertNotices.channelId,
          itemId: alertNotices.itemId,
          severity: alertNotices.severity,
        })
        .from(alertNotices)
        .innerJoin(alertChannels, eq(alertNotices.channelId, alertChannels.id))
        .leftJoin(alertDeliveries, eq(alertNotices.deliveryId, alertDeliveries.id))
        .where(
          and(inArray(alertNotices.itemId, slice), eq(alertChannels.enabled, true), isNull(alertDeliveries.givenUpAt)),
        )),
    )
  return rows
}

/** Tells every channel that was notified of the items that they are resolved, and deletes the notices. */
export async function tellResolved(setOfBookId: number, over: ItemRecord[], now: number): Promise<void> {
  await useStorage().write(async (tx) => {
    const told = await listTold(
      tx,
      over.map(({ id }) => id),
    )
    const removed = await removeItems(
      tx,
      over.map(({ id }) => id),
    )
    const items = new Map(over.map(({ id, shown }) => [id, shown]))
    const byChannel = Map.groupBy(
      told.filter(({ itemId }) => removed.has(itemId)),
      ({ channelId, severity }) => `${channelId} ${severity}`,
    )
    for (const notices of byChannel.values()) {
      const { channelId, severity } = notices[0]!
      const resolved = notices.map(({ itemId }) => ({ ...items.get(itemId)!, severity }))
      if (await addToLast(tx, channelId, severity, resolved)) continue
      const type = 'attention.resolved' as const
      await addDelivery(tx, { setOfBookId, channelId, type, severity, message: messageOf(resolved) }, now)
    }
  })
}
