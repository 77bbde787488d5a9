import { downloadedOrderSchema, type DownloadQuery } from '#shared/orders'
import { DAY, formatTime, parseTime, zoneOffset } from '#shared/time'
import { queryTrade, type TradeEntry } from '../connectors/gobox.ts'
import { receiveOrder } from '../repositories/orders.ts'
import { keepRejectedMessage } from '../repositories/rejected-messages.ts'
import { saveLastDownload } from '../repositories/set-of-books.ts'
import { useConfig } from '../utils/config.ts'
import { describeIssue, Invalid } from '../utils/errors.ts'
import { withAccessToken } from './gobox-access.ts'

const MAX_RANGE = 7 * DAY

export interface Download {
  /** The next page's number, `null` after the last. */
  page: number | null
  received: number
  created: number
  updated: number
  refused: { trans_id: string; errmsg: string }[]
}

function checkRange({ start_date: start, end_date: end, trans_id: transId }: DownloadQuery, zone: string) {
  if (transId === undefined) {
    if (start === undefined) throw new Invalid('start_date：必填（或者只给 trans_id）')
    if (end === undefined) throw new Invalid('end_date：必填（或者只给 trans_id）')
  }
  if (start === undefined || end === undefined) return
  // Counted on the shop's wall clock, so that a change of the clock makes no eighth day.
  const range = end + zoneOffset(end, zone) - (start + zoneOffset(start, zone))
  if (range >= MAX_RANGE + 1000) throw new Invalid('end_date：一次最多下载七天，请缩短范围')
}

/** The entries of each order, in the order in which the orders first appear. */
function groupByOrder(entries: TradeEntry[]): Map<string, TradeEntry[]> {
  const orders = new Map<string, TradeEntry[]>()
  for (const entry of entries) {
    const transId = typeof entry.trans_id === 'string' ? entry.trans_id : ''
    const order = orders.get(transId)
    if (order) order.push(entry)
    else orders.set(transId, [entry])
  }
  return orders
}

const isBlank = (value: unknown) => value === undefined || value === null || value === ''

/**
 * One order from its entries. Where they disagree, the newest `update_time` wins: its entry gives the order's fields, and an older entry of a
 * barcode that a newer one names again is outdated.
 */
export function assembleOrder(entries: TradeEntry[], zone: string) {
  const timeOf = (entry: TradeEntry) => parseTime(entry.update_time as string, zone) ?? 0
  const newest = entries.reduce((best, entry) => (timeOf(entry) > timeOf(best) ? entry : best))
  const newestOfBarcode = new Map<unknown, number>()
  for (const entry of entries)
    newestOfBarcode.set(entry.barcode, Math.max(timeOf(entry), newestOfBarcode.get(entry.barcode) ?? 0))
  const products = entries
    .filter((entry) => !isBlank(entry.barcode) && timeOf(entry) === newestOfBarcode.get(entry.barcode))
    .map(({ barcode, name, num, amount, cost }) => ({
      barcode,
      name: name ?? '',
      num,
      amount,
      cost: isBlank(cost) ? undefined : cost,
    }))
  return { ...newest, products }
}

/**
 * Fetches one page of orders from goBox and stores each by the webhook's rules. An order that cannot be stored is reported in
 * `refused`, kept to be looked at, and does not stop the others. Throws Invalid, Refused, UpstreamBroken, UpstreamTimeout.
 */
export async function downloadOrders(setOfBookId: number, query: DownloadQuery, user: string): Promise<Download> {
  const { zone } = useConfig()
  checkRange(query, zone)
  const { entries, page } = await withAccessToken(setOfBookId, (accessToken, appKey) =>
    queryTrade(
      {
        start_date: query.start_date === undefined ? undefined : formatTime(query.start_date, zone),
        end_date: query.end_date === undefined ? undefined : formatTime(query.end_date, zone),
        dev_id: query.dev_id?.toString(),
        trans_id: query.trans_id,
        status: query.status?.toString(),
        page: query.page,
      },
      accessToken,
      appKey,
    ),
  )
  const result: Download = { page, received: 0, created: 0, updated: 0, refused: [] }
  const schema = downloadedOrderSchema(zone)
  await Promise.all(
    [...groupByOrder(entries)].map(async ([transId, orderEntries]) => {
      result.received++
      const assembled = assembleOrder(orderEntries, zone)
      const parsed = schema.safeParse(assembled)
      if (!parsed.success) {
        const errmsg = describeIssue(parsed.error)
        result.refused.push({ trans_id: transId, errmsg })
        return keepRejectedMessage(
          { setOfBookId, source: 'download', reason: errmsg },
          Buffer.from(JSON.stringify(assembled)),
          Date.now(),
        )
      }
      const receipt = await receiveOrder(setOfBookId, parsed.data, user, Date.now())
      if (receipt !== 'unchanged') result[receipt]++
    }),
  )
  await saveLastDownload(setOfBookId, Date.now())
  return result
}
