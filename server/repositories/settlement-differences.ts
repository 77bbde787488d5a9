import { and, asc, between, count, eq, inArray, isNull, not, sql } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import { settlementDays, settlementDifferences } from '#drizzle/schema/settlements'
import { IMPORTED_STATES } from '#shared/import-state'
import type { ErrorCode, ErrorParams } from '#shared/error-codes'
import type { DifferenceKind } from '#shared/settlement-kinds'
import { useStorage, type Reader, type Tx } from '../storage/engine.ts'
import { Conflict } from '../errors.ts'
import { addAudit, type Actor } from './audit.ts'
import { dayClosed, holdDays } from './closed-days.ts'

export type DifferenceRecord = typeof settlementDifferences.$inferSelect

/** What a check found; amounts in fen, `null` where one side does not know the order. */
export interface Finding {
  kind: DifferenceKind
  transId: string
  orderId: number | null
  devId: number | null
  goboxAmount: number | null
  storedAmount: number | null
  c8Amount: number | null
  retailCode: string | null
  detail: string | null
  /** The failure that `detail` describes. */
  detailCode: ErrorCode | null
  detailParams: ErrorParams | null
}

const table = settlementDifferences

const ofDay = (setOfBookId: number, date: string) => and(eq(table.setOfBookId, setOfBookId), eq(table.date, date))

/** Neither gone nor decided upon. */
export const isOpen = and(isNull(table.resolvedAt), isNull(table.acceptedAt))!

const found = (column: string) => sql.raw(`excluded.${column}`)

/** Whether somebody has decided upon something else than what is found now. */
const isNews = sql`(${table.resolvedAt} is not null
  or ${table.goboxAmount} is distinct from ${found('gobox_amount')}
  or ${table.storedAmount} is distinct from ${found('stored_amount')}
  or ${table.c8Amount} is distinct from ${found('c8_amount')})`

const unlessNews = (column: typeof table.acceptedAt | typeof table.acceptedUser | typeof table.note) =>
  sql`case when ${isNews} then null else ${column} end`

const UPDATE = {
  orderId: found('order_id'),
  devId: found('dev_id'),
  goboxAmount: found('gobox_amount'),
  storedAmount: found('stored_amount'),
  c8Amount: found('c8_amount'),
  retailCode: found('retail_code'),
  detail: found('detail'),
  detailCode: found('detail_code'),
  detailParams: found('detail_params'),
  foundAt: found('found_at'),
  resolvedAt: sql`null`,
}

/**
 * Notes what the check that began at `foundAt` has found: one row of a day, kind and order. One that was gone, or has
 * other amounts, is open again.
 */
export async function noteFindings(
  setOfBookId: number,
  date: string,
  foundAt: number,
  findings: Finding[],
): Promise<void> {
  if (findings.length === 0) return
  const set = {
    ...UPDATE,
    acceptedAt: unlessNews(table.acceptedAt),
    acceptedUser: unlessNews(table.acceptedUser),
    note: unlessNews(table.note),
  }
  await useStorage().write((tx) =>
    tx
      .insert(table)
      .values(findings.map((finding) => ({ ...finding, setOfBookId, date, foundAt })))
      .onConflictDoUpdate({ target: [table.setOfBookId, table.date, table.kind, table.transId], set }),
  )
}

/** Resolves what a complete check has not found again, but for the orders that wait for the next one. */
export async function resolveOthers(
  tx: Tx,
  { setOfBookId, date }: { setOfBookId: number; date: string },
  foundAt: number,
  waiting: string[],
  now: number,
): Promise<void> {
  const { dialect } = useStorage()
  const imported = tx
    .select({ id: orders.id })
    .from(orders)
    .where(and(eq(orders.id, table.orderId), inArray(orders.importState, [...IMPORTED_STATES])))
  const open = and(ofDay(setOfBookId, date), isNull(table.resolvedAt))
  await tx
    .update(table)
    .set({ resolvedAt: now })
    .where(and(open, sql`${table.foundAt} <> ${foundAt}`, not(dialect.isAmong(table.transId, waiting))))
  // Imported while C8 was asked about others.
  await tx
    .update(table)
    .set({ resolvedAt: now })
    .where(and(open, eq(table.kind, 'not_imported'), sql`exists ${imported}`))
}

/** All of a day, in the order in which they were found. */
export function readDifferences(db: Reader, setOfBookId: number, date: string): PromiseLike<DifferenceRecord[]> {
  return db.select().from(table).where(ofDay(setOfBookId, date)).orderBy(asc(table.id))
}

/** How many of each day are open; days without any are missing. */
export async function countOpen(
  db: Reader,
  setOfBookId: number,
  { first, last }: { first: string; last: string },
): Promise<Map<string, number>> {
  const rows = await db
    .select({ date: table.date, count: count() })
    .from(table)
    .where(and(eq(table.setOfBookId, setOfBookId), between(table.date, first, last), isOpen))
    .groupBy(table.date)
  return new Map(rows.map(({ date, count }) => [date, count]))
}

/** Resolves a refund that somebody has dealt with, in the transaction that says so. */
export async function resolveRefundDifference(
  tx: Tx,
  setOfBookId: number,
  orderId: number,
  now: number,
): Promise<void> {
  await tx
    .update(table)
    .set({ resolvedAt: now })
    .where(
      and(
        eq(table.setOfBookId, setOfBookId),
        eq(table.orderId, orderId),
        eq(table.kind, 'refunded_after_import'),
        isNull(table.resolvedAt),
      ),
    )
}

/** Notes that a person has decided; `undefined` where there is no such difference. Throws Conflict. */
export async function acceptDifference(
  setOfBookId: number,
  date: string,
  id: number,
  note: string,
  by: Actor,
  now: number,
): Promise<DifferenceRecord | undefined> {
  return useStorage().write(async (tx) => {
    await holdDays(tx, setOfBookId)
    const where = and(ofDay(setOfBookId, date), eq(table.id, id))
    const [difference] = await useStorage().forUpdate(tx.select().from(table).where(where))
    if (!difference) return undefined
    const [day] = await tx
      .select({ closedAt: settlementDays.closedAt })
      .from(settlementDays)
      .where(and(eq(settlementDays.setOfBookId, setOfBookId), eq(settlementDays.date, date)))
    if (day?.closedAt != null) throw dayClosed(date)
    if (difference.resolvedAt !== null || difference.acceptedAt !== null)
      throw new Conflict('这条差异已经处理过，请刷新后查看', { code: 'difference_settled' })
    const [accepted] = await tx
      .update(table)
      .set({ acceptedAt: now, acceptedUser: by.user, note })
      .where(where)
      .returning()
    await addAudit(tx, by, 'difference_accepted', {
      id,
      name: difference.transId,
      after: { date, kind: difference.kind, note },
    })
    return accepted
  })
}
