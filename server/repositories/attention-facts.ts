import { and, asc, count, eq, gt, isNotNull, min, sql, type Column } from 'drizzle-orm'
import { automations, setOfBooks } from '#drizzle/schema/account-sets'
import { orders } from '#drizzle/schema/orders'
import { rejectedMessages } from '#drizzle/schema/messages'
import { cabinetTotals } from '#drizzle/totals'
import type { ErrorCode, ErrorParams } from '#shared/error-codes'
import { PAID } from '#shared/order-status'
import type { OrderFilter } from '#shared/orders'
import { useStorage } from '../storage/engine.ts'
import { nextTurn } from '../turns.ts'
import { factsMatch, ordersMatch } from './order-filter.ts'
import type { Sum } from './summary.ts'

/* What server/services/attention/ judges by: few rows, whatever the number of orders. */

/** Every account set's id. */
export async function listSetIds(): Promise<number[]> {
  const rows = await useStorage().db.select({ id: setOfBooks.id }).from(setOfBooks).orderBy(asc(setOfBooks.id))
  return rows.map(({ id }) => id)
}

/** How an account set stands with C8 and goBox. */
export async function readStanding(setOfBookId: number) {
  const [row] = await useStorage()
    .db.select({
      name: setOfBooks.setOfBook,
      importPausedReason: setOfBooks.importPausedReason,
      importPausedCode: setOfBooks.importPausedCode,
      importPausedParams: setOfBooks.importPausedParams,
      lookupBrokenAt: setOfBooks.lookupBrokenAt,
      lastWebhookAt: setOfBooks.lastWebhookAt,
      lastNewOrderAt: setOfBooks.lastNewOrderAt,
      goboxRefusedAt: setOfBooks.goboxRefusedAt,
      goboxRefusal: setOfBooks.goboxRefusal,
      goboxRefusalCode: setOfBooks.goboxRefusalCode,
      goboxRefusalParams: setOfBooks.goboxRefusalParams,
    })
    .from(setOfBooks)
    .where(eq(setOfBooks.id, setOfBookId))
  return row
}

export type Standing = NonNullable<Awaited<ReturnType<typeof readStanding>>>

/** Orders per read: a few milliseconds' worth. */
const SLICE = 500

/** Filters that find few orders, each with the column by which its index has them. */
const FEW = {
  refund_unhandled: [{ refund_handled: false }, orders.createTime],
  refund_overdue: [{ refund_overdue: true }, orders.updateTime],
  import_stuck: [{ import_stuck: true }, orders.importDueAt],
} satisfies Record<string, [OrderFilter, Column]>

/** Orders that need a person, their sum in fen, and the time by which the first of them comes. */
interface Needy extends Sum {
  first: number | null
}

/** Counts orders that need a person, reading their index in slices. */
export async function sumNeedy(setOfBookId: number, kind: keyof typeof FEW, now: number): Promise<Needy> {
  const { db, prepareRows } = useStorage()
  const [filter, by] = FEW[kind]
  const behind = sql`(${by}, ${orders.id}) > (${sql.placeholder('at')}, ${sql.placeholder('id')})`
  const read = prepareRows(
    db
      .select({ at: by, id: orders.id, amount: orders.totalAmount })
      .from(orders)
      .where(ordersMatch(setOfBookId, filter, behind, now))
      .orderBy(asc(by), asc(orders.id))
      .limit(SLICE),
  )
  const found: Needy = { orders: 0, amount: 0, first: null }
  for (let last = [-1, 0], count = SLICE; count === SLICE; await nextTurn()) {
    const rows = (await read({ at: last[0], id: last[1] })) as [unknown, unknown, unknown][]
    for (const [, , amount] of rows) found.amount += Number(amount)
    if (rows.length > 0) found.first ??= Number(rows[0]![0])
    found.orders += count = rows.length
    last = (rows.at(-1) ?? []).map(Number)
  }
  return found
}

/** Why the last automatic download failed; `undefined` if it succeeded or none is enabled. */
export async function readDownloadFailure(setOfBookId: number) {
  const [row] = await useStorage()
    .db.select({
      message: automations.lastDownloadError,
      code: automations.lastDownloadErrorCode,
      params: automations.lastDownloadErrorParams,
    })
    .from(automations)
    .where(
      and(
        eq(automations.setOfBookId, setOfBookId),
        eq(automations.downloads, true),
        isNotNull(automations.lastDownloadError),
      ),
    )
  return row && { ...row, message: row.message! }
}

/** Failed imports of one reason. */
export interface FailedReason extends Sum {
  message: string
  code: ErrorCode | null
  params: ErrorParams | null
  /** Its first order. */
  id: number
}

interface FailedOrder {
  id: number
  amount: number
  message: string | null
  code: ErrorCode | null
  params: ErrorParams | null
}

async function failedAfter(setOfBookId: number, id: number): Promise<FailedOrder[]> {
  return await useStorage()
    .db.select({
      id: orders.id,
      amount: orders.totalAmount,
      message: orders.importError,
      code: orders.importErrorCode,
      params: orders.importErrorParams,
    })
    .from(orders)
    // A literal: with a parameter the partial index would not be used.
    .where(and(eq(orders.setOfBookId, setOfBookId), gt(orders.id, id), sql`import_state = 'failed'`))
    .orderBy(asc(orders.id))
    .limit(SLICE)
}

/** The failed imports by reason, in the order in which their first orders came. */
export async function listFailedReasons(setOfBookId: number): Promise<FailedReason[]> {
  const reasons = new Map<string, FailedReason>()
  for (let after = 0, rows: FailedOrder[]; ; after = rows.at(-1)!.id) {
    rows = await failedAfter(setOfBookId, after)
    for (const { id, amount, message, code, params } of rows) {
      const known = reasons.get(message ?? '')
      if (known) {
        known.orders++
        known.amount += amount
      } else reasons.set(message ?? '', { id, message: message ?? '', code, params, orders: 1, amount })
    }
    if (rows.length < SLICE) return [...reasons.values()]
    await nextTurn()
  }
}

/** Cabinets without configuration whose paid orders are not imported. */
export async function listUnimportedCabinets(setOfBookId: number): Promise<(Sum & { devId: number })[]> {
  const total = (column: typeof cabinetTotals.orders) => sql`coalesce(sum(${column}), 0)`.mapWith(Number)
  const { devId } = cabinetTotals
  return useStorage()
    .db.select({ devId, orders: total(cabinetTotals.orders), amount: total(cabinetTotals.amount) })
    .from(cabinetTotals)
    .where(factsMatch(cabinetTotals, setOfBookId, { unconfigured: true, status: PAID, is_imported: false }))
    .groupBy(devId)
    .having(gt(sql`sum(${cabinetTotals.orders})`, 0))
    .orderBy(devId)
}

/** How many messages are kept, and since when. */
export async function countRejected(setOfBookId: number): Promise<{ messages: number; since: number | null }> {
  const [row] = await useStorage()
    .db.select({ messages: count(), since: min(rejectedMessages.receivedAt) })
    .from(rejectedMessages)
    .where(eq(rejectedMessages.setOfBookId, setOfBookId))
  return row!
}
