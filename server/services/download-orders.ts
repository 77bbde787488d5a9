import { hash } from 'node:crypto'
import type { Rule } from '#shared/fields'
import { isClockOdd, rankOf } from '#shared/message-order'
import type { Download } from '#shared/order-answers'
import { downloadedOrderSchema, type DownloadQuery, type OrderMessage } from '#shared/orders'
import { DAY, formatTime, parseTime, wallSpan, zoneOffset } from '#shared/time'
import { queryTrade, type TradeEntry } from '../connectors/gobox.ts'
import { receiveOrder, type Receipt } from '../repositories/orders.ts'
import { keepRejectedMessage } from '../repositories/rejected-messages.ts'
import { saveLastDownload } from '../repositories/contacts.ts'
import { useConfig } from '../config.ts'
import { Invalid, invalidField, invalidInput } from '../errors.ts'
import { withAccessToken } from './gobox-access.ts'
import { MAX_PAGES, PagesEndless, requireProgress, type ListedPage } from './walk-pages.ts'

const MAX_RANGE = 7 * DAY

const NEEDED: [string, Rule] = ['必填（或者只给 trans_id）', { rule: 'required_or_trans_id' }]

function checkRange({ start_date: start, end_date: end, trans_id: transId }: DownloadQuery, zone: string) {
  if (transId === undefined) {
    if (start === undefined) throw invalidField('start_date', ...NEEDED)
    if (end === undefined) throw invalidField('end_date', ...NEEDED)
  }
  if (start === undefined || end === undefined) return
  // Counted on the shop's wall clock, so that a change of the clock makes no eighth day.
  const range = end + zoneOffset(end, zone) - (start + zoneOffset(start, zone))
  if (range >= MAX_RANGE + 1000) throw invalidField('end_date', '一次最多下载七天，请缩短范围', { rule: 'seven_days' })
}

const isEntry = (entry: unknown): entry is TradeEntry =>
  typeof entry === 'object' && entry !== null && !Array.isArray(entry)

/** The entries grouped by order, in order of first appearance; an entry that names no order stands alone. */
function groupByOrder(entries: unknown[]): Iterable<unknown[]> {
  const orders = new Map<unknown, unknown[]>()
  for (const entry of entries) {
    const transId = isEntry(entry) && typeof entry.trans_id === 'string' ? entry.trans_id : Symbol('none')
    const order = orders.get(transId)
    if (order) order.push(entry)
    else orders.set(transId, [entry])
  }
  return orders.values()
}

const isBlank = (value: unknown) => value === undefined || value === null || value === ''

/** Ranks older than any plausible time: invalid times and, before those, times of a cabinet's wrong clock. */
const BEHIND_ALL = -Infinity
const BEFORE_PLAUSIBLE = 1e15

/** Makes times of entries comparable: one far ahead of the clock is older than any plausible one. */
function readAge({ update_time: value }: TradeEntry, zone: string, now: number): number {
  if (typeof value !== 'string' && typeof value !== 'number') return BEHIND_ALL
  const time = parseTime(value, zone) ?? BEHIND_ALL
  return isClockOdd(time, now) ? time - BEFORE_PLAUSIBLE : time
}

/**
 * One order from its entries. Where they disagree, the newest `update_time` wins, and at one time the status that is
 * further on: its entry gives the order's fields, and an older entry of a barcode that a newer one names again is
 * outdated.
 */
export function assembleOrder(entries: TradeEntry[], zone: string, now = Date.now()) {
  const aged = entries.map((entry) => ({ entry, age: readAge(entry, zone, now), rank: rankOf(Number(entry.status)) }))
  const newest = aged.reduce((best, one) =>
    one.age > best.age || (one.age === best.age && one.rank > best.rank) ? one : best,
  )
  const newestOfBarcode = new Map<unknown, number>()
  for (const { entry, age } of aged)
    newestOfBarcode.set(entry.barcode, Math.max(age, newestOfBarcode.get(entry.barcode) ?? BEHIND_ALL))
  const products = aged
    .filter(({ entry, age }) => !isBlank(entry.barcode) && age === newestOfBarcode.get(entry.barcode))
    .map(({ entry: { barcode, name, num, amount, cost } }) => ({
      barcode,
      name: name ?? '',
      num,
      amount,
      cost: isBlank(cost) ? undefined : cost,
    }))
  return { ...newest.entry, products }
}

/** The times asked for, as the shop's wall clock shows them. */
function datesOf({ start_date: start, end_date: end }: DownloadQuery, zone: string) {
  if (start === undefined || end === undefined)
    return {
      start_date: start === undefined ? undefined : formatTime(start, zone),
      end_date: end === undefined ? undefined : formatTime(end, zone),
    }
  const [first, last] = wallSpan(start, end, zone)
  return { start_date: first, end_date: last }
}

/** A stored page, its fingerprint, and when its new orders were made. */
export interface TakenPage extends ListedPage {
  download: Download
  createdTimes: number[]
}

/** An order as goBox lists it, and what became of it here: `message` and `receipt`, or why it cannot be taken in. */
export interface TakenOrder {
  /** `""` where the entry does not name it. */
  transId: string
  /** `undefined` where the entry is no object. */
  assembled: ReturnType<typeof assembleOrder> | undefined
  taken: { message: OrderMessage; receipt: Receipt; at: number } | { refusal: Invalid }
}

let schema: ReturnType<typeof downloadedOrderSchema> | undefined

/** The order that entries make, or why they make none. */
function readOrder(assembled: TakenOrder['assembled']): OrderMessage | Invalid {
  if (!assembled) return invalidField('', '必须是一个订单（对象）', { rule: 'object_order' })
  const parsed = (schema ??= downloadedOrderSchema(useConfig().zone)).safeParse(assembled)
  return parsed.success ? parsed.data : invalidInput(parsed.error)
}

/** Stores one order; an order that cannot be stored is kept as a rejected message. */
async function takeOrder(setOfBookId: number, entries: unknown[], user: string): Promise<TakenOrder> {
  const named = (entries[0] as TradeEntry | null)?.trans_id
  const transId = typeof named === 'string' ? named : ''
  const assembled = entries.every(isEntry) ? assembleOrder(entries, useConfig().zone) : undefined
  const message = readOrder(assembled)
  const at = Date.now()
  if (message instanceof Invalid) {
    const origin = { setOfBookId, source: 'download' as const, transId: transId.trim() === '' ? null : transId }
    await keepRejectedMessage(origin, message, Buffer.from(JSON.stringify(assembled ?? entries[0])), at)
    return { transId, assembled, taken: { refusal: message } }
  }
  const isPartial = entries.some((entry) => isBlank((entry as TradeEntry).barcode))
  const receipt = await receiveOrder(setOfBookId, message, user, at, { isPartial })
  return { transId, assembled, taken: { message, receipt, at } }
}

/** Stores the orders of goBox's entries by the webhook's rules; one that cannot be stored is kept to be looked at. */
export function storeEntries(setOfBookId: number, entries: unknown[], user: string): Promise<TakenOrder[]> {
  return Promise.all([...groupByOrder(entries)].map((orderEntries) => takeOrder(setOfBookId, orderEntries, user)))
}

/** Tells a page from others; `null`: it lists nothing. */
export const fingerprintOf = (entries: unknown[]) =>
  entries.length === 0 ? null : hash('sha1', JSON.stringify(entries))

const refusedOf = (outcomes: TakenOrder[]): Download['refused'] =>
  outcomes.flatMap(({ transId, taken }) => {
    if (!('refusal' in taken)) return []
    const { message: errmsg, code, params } = taken.refusal
    return [{ trans_id: transId, errmsg, code, params }]
  })

/**
 * Fetches one page of orders from goBox and stores each by the webhook's rules. An order that cannot be stored is
 * reported in `refused`, kept to be looked at, and does not stop the others. Throws Invalid, Refused, UpstreamBroken,
 * UpstreamTimeout, and ClientLeft, with nothing stored, when `client` has left before goBox has answered.
 */
export async function downloadPage(
  setOfBookId: number,
  query: DownloadQuery,
  user: string,
  client?: AbortSignal,
): Promise<TakenPage> {
  const { zone } = useConfig()
  checkRange(query, zone)
  const { dev_id: devId, trans_id, status, page: asked } = query
  const fields = { dev_id: devId?.toString(), trans_id, status: status?.toString(), page: asked }
  const { entries, page } = await withAccessToken(setOfBookId, (accessToken, appKey) =>
    queryTrade({ ...datesOf(query, zone), ...fields }, accessToken, appKey, client),
  )
  const outcomes = await storeEntries(setOfBookId, entries, user)
  const taken = outcomes.flatMap(({ taken }) => ('receipt' in taken ? [taken] : []))
  const count = (wanted: Receipt) => taken.filter(({ receipt }) => receipt === wanted).length
  const created = count('created')
  await saveLastDownload(setOfBookId, Date.now(), created > 0)
  return {
    page,
    fingerprint: fingerprintOf(entries),
    createdTimes: taken.filter(({ receipt }) => receipt === 'created').map(({ message }) => message.create_time),
    download: { page, received: outcomes.length, created, updated: count('updated'), refused: refusedOf(outcomes) },
  }
}

/**
 * `downloadPage` for a person, who is told what the page brought. Throws PagesEndless, too, with the page's orders
 * stored: who goes on from page to page comes to an end.
 */
export async function downloadOrders(...args: Parameters<typeof downloadPage>): Promise<Download> {
  const [, { page }] = args
  if (page > MAX_PAGES) throw new PagesEndless(page)
  const { download } = await downloadPage(...args)
  requireProgress(page, download.page)
  return download
}
