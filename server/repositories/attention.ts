import { and, eq, inArray, isNotNull } from 'drizzle-orm'
import { attentionItems } from '#drizzle/schema/alerts'
import type { AttentionKind, Severity } from '#shared/attention'
import { useStorage, type Tx } from '../storage/engine.ts'
import { addAudit, type Actor } from './audit.ts'

export type ItemRecord = typeof attentionItems.$inferSelect
export type NewItem = typeof attentionItems.$inferInsert
export type ItemChange = { id: number } & Partial<
  Pick<ItemRecord, 'severity' | 'shown' | 'since' | 'openedAt' | 'goneAt'>
>

/** All items that need a person or recently did. */
export async function listItems(setOfBookId: number): Promise<ItemRecord[]> {
  return await useStorage().db.select().from(attentionItems).where(eq(attentionItems.setOfBookId, setOfBookId))
}

/** Rows per statement: SQLite limits the number of parameters. */
const SLICE = 500

export function slicesOf<Row>(rows: readonly Row[]): Row[][] {
  return Array.from({ length: Math.ceil(rows.length / SLICE) }, (_, index) =>
    rows.slice(index * SLICE, (index + 1) * SLICE),
  )
}

/** Saves changed items. One that another node added meanwhile is left as it is. */
export async function saveItems(added: NewItem[], changed: ItemChange[], gone: number[], now: number): Promise<void> {
  const { write } = useStorage()
  for (const slice of slicesOf(added))
    await write((tx) => tx.insert(attentionItems).values(slice).onConflictDoNothing())
  for (const slice of slicesOf(changed))
    await write(async (tx) => {
      for (const { id, ...change } of slice)
        await tx.update(attentionItems).set(change).where(eq(attentionItems.id, id))
    })
  for (const slice of slicesOf(gone))
    await write((tx) => tx.update(attentionItems).set({ goneAt: now }).where(inArray(attentionItems.id, slice)))
}

/** Deletes resolved items. Returns the ids of those that this call deleted. */
export async function removeItems(tx: Tx, ids: number[]): Promise<Set<number>> {
  const removed = new Set<number>()
  for (const slice of slicesOf(ids)) {
    const isOver = and(inArray(attentionItems.id, slice), isNotNull(attentionItems.goneAt))
    const rows = await tx.delete(attentionItems).where(isOver).returning({ id: attentionItems.id })
    for (const { id } of rows) removed.add(id)
  }
  return removed
}

/** The key of an item. */
export interface ItemName {
  kind: AttentionKind
  key: string
}

/** Snoozes an item until the given time or until it gets more severe; `null` ends the snooze. */
export async function snoozeItem(
  item: ItemName & { severity: Severity; title: string },
  until: number | null,
  by: Actor & { setOfBookId: number },
  shownUntil: string | null,
): Promise<void> {
  const { kind, key, severity, title } = item
  await useStorage().write(async (tx) => {
    await tx
      .update(attentionItems)
      .set({
        snoozedUntil: until,
        snoozedUser: until === null ? null : by.user,
        snoozedSeverity: until === null ? null : severity,
      })
      .where(
        and(eq(attentionItems.setOfBookId, by.setOfBookId), eq(attentionItems.kind, kind), eq(attentionItems.key, key)),
      )
    await addAudit(tx, by, 'attention_snoozed', { name: title, after: { until: shownUntil } })
  })
}
