import type { CabinetSums } from '#shared/settlements'
import type { Reason } from '#shared/error-codes'
import { integerField, statusField } from '#shared/fields'
import { yuanToFen } from '#shared/money'
import { PAID } from '#shared/order-status'
import { parseTime } from '#shared/time'
import { queryTrade } from '../connectors/gobox.ts'
import { saveLastDownload } from '../repositories/contacts.ts'
import type { RequestedCheck } from '../repositories/settlement-days.ts'
import type { Finding } from '../repositories/settlement-differences.ts'
import { NOTHING, plus } from '../repositories/settlement-figures.ts'
import { useConfig } from '../config.ts'
import type { ListedOrder } from './compare-day.ts'
import { fingerprintOf, storeEntries, type TakenOrder } from './download-orders.ts'
import { withAccessToken } from './gobox-access.ts'
import { walkPages } from './walk-pages.ts'

/** What goBox lists of a day, and what taking it in has changed here. */
export interface DayAtGobox {
  /** The orders of the day that could be taken in, by their `trans_id`. */
  listed: Map<string, ListedOrder>
  /** All that goBox names, whatever their day, also those that cannot be taken in. */
  mentioned: Set<string>
  /** When this check stored each order that it created or changed. */
  storedAt: Map<string, number>
  /** Paid orders by cabinet. */
  sums: CabinetSums
  refused: Finding[]
}

/** The paid orders of a day by cabinet, with one more. */
export function addToCabinet(sums: CabinetSums, devId: number, amount: number) {
  sums[devId] = plus(sums[devId] ?? NOTHING, { orders: 1, amount })
}

const status = statusField()
const devId = integerField()

/** What can be read of an order that cannot be taken in. */
function readRefused({ transId, assembled }: TakenOrder, reason: Reason): Finding & { isPaid: boolean } {
  const fields = (assembled ?? {}) as Record<string, unknown>
  const cabinet = devId.safeParse(fields.dev_id)
  const amounts = (assembled?.products ?? []).map(({ amount }) => yuanToFen(Number(amount)))
  const total = amounts.reduce<number>((sum, fen) => sum + (fen ?? 0), 0)
  return {
    kind: 'refused',
    transId: transId.toWellFormed().replaceAll('\0', '').slice(0, 200),
    orderId: null,
    devId: cabinet.success ? cabinet.data : null,
    goboxAmount: amounts.includes(null) ? null : total,
    storedAmount: null,
    c8Amount: null,
    retailCode: null,
    detail: reason.message,
    detailCode: reason.code,
    detailParams: reason.params ?? null,
    isPaid: status.safeParse(fields.status).data === PAID,
  }
}

function addRefused(found: DayAtGobox, { from, to }: RequestedCheck, order: TakenOrder, reason: Reason) {
  const time = (order.assembled as Record<string, unknown> | undefined)?.create_time
  const made = typeof time === 'string' || typeof time === 'number' ? parseTime(time, useConfig().zone) : null
  if (made !== null && (made < from || made > to)) return
  const { isPaid, ...finding } = readRefused(order, reason)
  found.refused.push(finding)
  if (isPaid) addToCabinet(found.sums, finding.devId ?? 0, finding.goboxAmount ?? 0)
}

function add(found: DayAtGobox, check: RequestedCheck, order: TakenOrder) {
  const { transId, taken } = order
  if (transId !== '') found.mentioned.add(transId)
  if ('refusal' in taken) return addRefused(found, check, order, taken.refusal)
  const { message, receipt, at } = taken
  if (receipt !== 'unchanged') found.storedAt.set(message.trans_id, at)
  // An entry of another day is taken in, but counts for that day only.
  if (message.create_time < check.from || message.create_time > check.to) return
  const amount = message.products.reduce((sum, line) => sum + line.amount, 0)
  // A list without barcodes says nothing about the lines: keep them.
  const isReadable = message.products.length > 0
  // Pages move while they are read, so that an order may stand on two.
  if (message.status === PAID && !found.listed.has(transId)) addToCabinet(found.sums, message.dev_id, amount)
  found.listed.set(transId, {
    status: message.status,
    amount: isReadable ? amount : null,
    devId: message.dev_id,
  })
}

/**
 * Reads every page of the day at goBox and takes the orders in; `progress` hears how many there are so far. Throws
 * Refused, UpstreamBroken, UpstreamTimeout.
 */
export async function readDayAtGobox(
  check: RequestedCheck,
  signal: AbortSignal,
  progress: (orders: number) => void,
): Promise<DayAtGobox> {
  const { setOfBookId, date, user } = check
  const found: DayAtGobox = {
    listed: new Map(),
    mentioned: new Set(),
    storedAt: new Map(),
    sums: {},
    refused: [],
  }
  const span = { start_date: `${date} 00:00:00`, end_date: `${date} 23:59:59` }
  await walkPages(async (page) => {
    const answer = await withAccessToken(setOfBookId, (accessToken, appKey) =>
      queryTrade({ ...span, page }, accessToken, appKey, signal),
    )
    for (const order of await storeEntries(setOfBookId, answer.entries, user)) add(found, check, order)
    signal.throwIfAborted()
    progress(found.mentioned.size)
    return { page: answer.page, fingerprint: fingerprintOf(answer.entries) }
  })
  await saveLastDownload(setOfBookId, Date.now(), found.storedAt.size > 0)
  return found
}
