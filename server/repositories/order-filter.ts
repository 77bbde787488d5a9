import { and, between, eq, inArray, isNotNull, isNull, lt, ne, not, notInArray, or, sql, SQL } from 'drizzle-orm'
import { devices } from '#drizzle/schema/devices'
import { orders } from '#drizzle/schema/orders'
import type { cabinetTotals, dayTotals } from '#drizzle/totals'
import { IMPORTED_STATES, NAMED_REASONS, STUCK_AFTER, type ImportState } from '#shared/import-state'
import { REFUND_STATUSES } from '#shared/order-status'
import type { OrderFilter } from '#shared/orders'
import { REFUND_TIME } from '#shared/refunds'
import { NO_CABINET } from '#shared/test-order'
import { useStorage } from '../storage/engine.ts'

const configured = (setOfBookId: number, name?: string) =>
  sql`(select ${devices.devId} from ${devices} where ${and(
    eq(devices.setOfBookId, setOfBookId),
    name === undefined ? undefined : useStorage().dialect.contains(devices.name, name),
  )})`

function cabinetMatches(
  table: typeof orders | typeof cabinetTotals,
  setOfBookId: number,
  filter: OrderFilter,
): SQL | undefined {
  return and(
    filter.dev_id === undefined ? undefined : eq(table.devId, filter.dev_id),
    filter.device_name === undefined
      ? undefined
      : sql`${table.devId} in ${configured(setOfBookId, filter.device_name)}`,
    filter.unconfigured === undefined
      ? undefined
      : filter.unconfigured
        ? and(ne(table.devId, NO_CABINET), sql`${table.devId} not in ${configured(setOfBookId)}`)
        : or(eq(table.devId, NO_CABINET), sql`${table.devId} in ${configured(setOfBookId)}`),
  )
}

/** Whether the filter has a condition on the cabinet. */
export function asksForCabinet(filter: OrderFilter): boolean {
  return filter.dev_id !== undefined || filter.device_name !== undefined || filter.unconfigured !== undefined
}

/** Whether the filter asks for a few orders that the totals do not know, but an index of their own leads to. */
export function asksForFew(filter: OrderFilter): boolean {
  return filter.refund_handled !== undefined || filter.refund_overdue === true || filter.import_stuck === true
}

/*
 * The conditions of the indexes of refunds (drizzle/schema/orders.ts), word for word: SQLite uses such an index only
 * where a query says the same.
 */
const IS_WAITING = sql`status > 101 and status in (102, 103, 104, 110) and import_state in ('created', 'imported') and refund_handled_at is null`
const IS_HANDLED = sql`refund_handled_at is not null`
const IS_UNFINISHED = sql`status > 101 and status in (102, 104, 110) and refund_handled_at is null`

function fewMatch(
  { refund_handled: handled, refund_overdue: overdue, import_stuck: stuck }: OrderFilter,
  now: number,
): SQL | undefined {
  const isOverdue = and(IS_UNFINISHED, lt(orders.updateTime, now - REFUND_TIME))!
  const { importDueAt, importLease } = orders
  const isStuck = and(isNotNull(importDueAt), lt(importDueAt, now - STUCK_AFTER), isNull(importLease))!
  return and(
    handled === undefined ? undefined : handled ? IS_HANDLED : IS_WAITING,
    overdue === undefined ? undefined : overdue ? isOverdue : not(isOverdue),
    stuck === undefined ? undefined : stuck ? isStuck : not(isStuck),
  )
}

/**
 * Whether the import failed for none of the reasons that are told apart (server/services/attention/import-failed.ts).
 */
function isOfOtherReason(setOfBookId: number): SQL {
  const isFailed = sql`import_state = 'failed'`
  const reason = sql`coalesce(${orders.importError}, '')`
  const named = sql`select ${reason} from ${orders} where ${and(eq(orders.setOfBookId, setOfBookId), isFailed)} group by ${reason} order by min(${orders.id}) limit ${sql.raw(String(NAMED_REASONS))}`
  return and(eq(orders.importState, 'failed'), sql`${reason} not in (${named})`)!
}

/** The conditions, other than time, on columns that the totals share with the orders. */
export function factsMatch(
  table: typeof orders | typeof cabinetTotals | typeof dayTotals,
  setOfBookId: number,
  filter: OrderFilter,
): SQL {
  const isRefund = inArray(table.status, [...REFUND_STATUSES])
  const refundedAfterImport = and(inArray(table.importState, [...IMPORTED_STATES]), isRefund)!
  return and(
    eq(table.setOfBookId, setOfBookId),
    'devId' in table ? cabinetMatches(table, setOfBookId, filter) : undefined,
    filter.status === undefined ? undefined : eq(table.status, filter.status),
    filter.import_state === undefined ? undefined : inArray(table.importState, filter.import_state),
    filter.is_imported === undefined
      ? undefined
      : (filter.is_imported ? inArray : notInArray)(table.importState, [...IMPORTED_STATES]),
    filter.refund === undefined ? undefined : filter.refund ? isRefund : not(isRefund),
    filter.refunded_after_import === undefined
      ? undefined
      : filter.refunded_after_import
        ? refundedAfterImport
        : not(refundedAfterImport),
  )!
}

/** Whether the filter needs a scan of the orders: neither totals nor an index can answer it. */
export function asksForText(filter: OrderFilter): boolean {
  return (
    filter.trans_id !== undefined ||
    filter.q !== undefined ||
    filter.barcode !== undefined ||
    filter.import_error !== undefined ||
    filter.import_error_rest !== undefined ||
    filter.awaits_c8 !== undefined ||
    filter.refund_overdue === false ||
    filter.import_stuck === false
  )
}

/** Spread over a filter, unsets the conditions that are checked last, on the orders found by all others. */
export const NO_TEXT = {
  q: undefined,
  barcode: undefined,
  import_error: undefined,
  import_error_rest: undefined,
  awaits_c8: undefined,
}

/** The states in which an order may await C8: on days without them none is looked for. */
const AWAITING: ImportState[] = ['queued', 'sending', 'failed']

/** The part of a filter that the totals can answer. */
export function factsOf(filter: OrderFilter): OrderFilter {
  const import_state = filter.import_state ?? (filter.awaits_c8 ? AWAITING : undefined)
  return { ...filter, ...NO_TEXT, refund_overdue: undefined, import_stuck: undefined, import_state }
}

function textMatches(
  setOfBookId: number,
  { trans_id: transId, q, barcode, import_error: importError, import_error_rest: rest, awaits_c8: awaits }: OrderFilter,
): SQL | undefined {
  const { containsAscii, hasBarcode } = useStorage().dialect
  return and(
    transId === undefined ? undefined : eq(orders.transId, transId),
    q === undefined
      ? undefined
      : or(containsAscii(orders.transId, q), containsAscii(orders.eId, q), containsAscii(orders.retailCode, q)),
    barcode === undefined ? undefined : hasBarcode(orders.products, barcode),
    awaits === undefined ? undefined : (awaits ? isNotNull : isNull)(orders.createUnansweredAt),
    importError === undefined ? undefined : eq(orders.importError, importError),
    rest === undefined ? undefined : rest ? isOfOtherReason(setOfBookId) : not(isOfOtherReason(setOfBookId)),
  )
}

/**
 * Bounds of a time, both inclusive. Of a single moment (`from` and `to` are the same) the ids may be bounded, too: a
 * whole day's orders may bear one time.
 */
export interface Span {
  from: number
  to: number
  ids?: { from: number; to: number }
}

/** A moment is looked for as such: no index finds the ids of a span of time. */
export function inSpan({ from, to, ids }: Span): SQL {
  return ids
    ? and(eq(orders.createTime, from), between(orders.id, ids.from, ids.to))!
    : between(orders.createTime, from, to)
}

const bound = (name: string) => sql`${sql.placeholder(name)}`
const ANY_TIME = between(orders.createTime, bound('from'), bound('to'))
const ANY_IDS = and(eq(orders.createTime, bound('from')), between(orders.id, bound('fromId'), bound('toId')))!

/** A statement that is prepared for each of both kinds of spans when it is needed first; `boundsOf` are its values. */
export function forSpans<T>(prepare: (inSpan: SQL) => T): (span: Span) => T {
  let ofTimes: T | undefined
  let ofIds: T | undefined
  return ({ ids }) => (ids ? (ofIds ??= prepare(ANY_IDS)) : (ofTimes ??= prepare(ANY_TIME)))
}

/** The values of a span for a statement of `forSpans`. */
export function boundsOf({ from, to, ids }: Span) {
  return { from, to, fromId: ids?.from, toId: ids?.to }
}

/** What of a span lies behind one of its orders, read oldest first. */
export function behind({ to, ids }: Span, last: { createTime: number; id: number }): Span[] {
  const moment = last.createTime
  const rest = { from: moment, to: moment, ids: { from: last.id + 1, to: ids?.to ?? Number.MAX_SAFE_INTEGER } }
  return moment < to ? [rest, { from: moment + 1, to }] : [rest]
}

/** All conditions of the filter on orders of a span, which holds the filter's own dates. */
export function ordersMatch(
  setOfBookId: number,
  filter: OrderFilter,
  span: Span | SQL | undefined,
  now = Date.now(),
): SQL {
  const isWithin = span === undefined || span instanceof SQL ? span : inSpan(span)
  return and(
    factsMatch(orders, setOfBookId, filter),
    isWithin,
    fewMatch(filter, now),
    textMatches(setOfBookId, filter),
  )!
}
