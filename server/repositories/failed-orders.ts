import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import { reasonKey, type ErrorCode, type ErrorParams } from '#shared/error-codes'
import { useStorage } from '../storage/engine.ts'
import { nextTurn } from '../turns.ts'
import type { Sum } from './summary.ts'

/** Failed imports of one reason; `since` is when the oldest of their orders was made. */
export interface FailedGroup extends Sum {
  /** By which reasons are told apart: code and params (`reasonKey`). */
  key: string
  message: string
  code: ErrorCode | null
  params: ErrorParams | null
  since: number
  /** The order that came first. */
  first: number
}

interface FailedOrder {
  id: number
  createTime: number
  amount: number
  message: string
  code: ErrorCode | null
  params: ErrorParams | null
  key: string
}

/** Orders per read: a few milliseconds' worth. */
const SLICE = 500

/** A reason's key and params, read once from the text in which they are stored. */
function reasonReader() {
  const known = new Map<string, Pick<FailedOrder, 'key' | 'params'>>()
  return (message: string, code: ErrorCode | null, stored: string | null) => {
    const text = code === null ? `:${message}` : `${code}${stored ?? ''}`
    let reason = known.get(text)
    if (!reason) {
      const params = stored === null ? null : (JSON.parse(stored) as ErrorParams)
      known.set(text, (reason = { params, key: reasonKey({ message, code, params }) }))
    }
    return reason
  }
}

/** The orders whose import has failed, in the order in which they came: their own index leads to them. */
async function* readFailed(setOfBookId: number, client?: AbortSignal): AsyncGenerator<FailedOrder[]> {
  const { db, prepareRows } = useStorage()
  const { id, createTime, totalAmount, importError, importErrorCode, importErrorParams } = orders
  const read = prepareRows(
    db
      .select({ id, createTime, totalAmount, importError, importErrorCode, importErrorParams })
      .from(orders)
      // A literal: with a parameter the partial index would not be used.
      .where(and(eq(orders.setOfBookId, setOfBookId), gt(id, sql.placeholder('after')), sql`import_state = 'failed'`))
      .orderBy(asc(id))
      .limit(SLICE),
  )
  const reasonOf = reasonReader()
  for (let after = 0, count = SLICE; count === SLICE; await nextTurn(client)) {
    const rows = (await read({ after })) as [
      unknown,
      unknown,
      unknown,
      string | null,
      ErrorCode | null,
      string | null,
    ][]
    yield rows.map(([number, time, amount, error, code, stored]) => {
      const message = error ?? ''
      return {
        id: Number(number),
        createTime: Number(time),
        amount: Number(amount),
        message,
        code,
        ...reasonOf(message, code, stored),
      }
    })
    count = rows.length
    after = Number(rows.at(-1)?.[0])
  }
}

/** Codes with the same meaning: C8 does not know the barcode, whether goBox's or an alias's. */
const LIKE: Record<string, string[]> = { product_unknown: ['product_unknown', 'alias_unknown'] }

/** The failed imports by reason, most orders first; optionally only those of one code and its equivalents. */
export async function listFailedGroups(
  setOfBookId: number,
  code?: string,
  client?: AbortSignal,
): Promise<FailedGroup[]> {
  const groups = new Map<string, FailedGroup>()
  const codes = code === undefined ? undefined : (LIKE[code] ?? [code])
  for await (const slice of readFailed(setOfBookId, client))
    for (const { id, createTime, amount, ...reason } of slice) {
      if (codes && !codes.includes(reason.code ?? '')) continue
      const known = groups.get(reason.key)
      if (known) {
        known.orders++
        known.amount += amount
        known.since = Math.min(known.since, createTime)
      } else groups.set(reason.key, { ...reason, orders: 1, amount, since: createTime, first: id })
    }
  return [...groups.values()].sort((a, b) => b.orders - a.orders || b.amount - a.amount || a.first - b.first)
}

/** Ids of the orders that failed for a reason, the first `limit`. */
export async function listFailedFor(setOfBookId: number, key: string, limit: number): Promise<number[]> {
  const ids: number[] = []
  for await (const slice of readFailed(setOfBookId)) {
    ids.push(...slice.filter((order) => order.key === key).map(({ id }) => id))
    if (ids.length >= limit) break
  }
  return ids.slice(0, limit)
}
