import type { CabinetSums } from '#shared/settlements'
import { c8IdDigits } from '#shared/c8-id'
import { fenToYuan, yuanToFen } from '#shared/money'
import { PAID } from '#shared/order-status'
import { findRetails, RETAIL_DONE, type Retail } from '../connectors/c8-retails.ts'
import { readDayOrder, type DayOrder } from '../repositories/day-orders.ts'
import { findDocumentHolders } from '../repositories/retail-documents.ts'
import type { Finding } from '../repositories/settlement-differences.ts'
import type { C8Session } from './c8-session.ts'
import { isPlaceWanted, PLACES, withLookupPlace } from './c8-places.ts'
import { findingOf, hasDocument, isRefund, type ListedOrder } from './compare-day.ts'
import { addToCabinet } from './day-at-gobox.ts'
import { wakeImportQueue } from './import-queue.ts'

/** The places decide how many look-ups run; as many more wait, so that a place that is free is taken at once. */
const WORKERS = 2 * PLACES

/** C8's documents for the orders of a day. */
export interface DayInC8 {
  /** Orders with a document by cabinet, with its amount. */
  sums: CabinetSums
  /** Orders that have moved on while C8 was asked. */
  overtaken: string[]
}

/** Whether C8 is asked about the order. */
export const isLookedUp = (order: DayOrder) => hasDocument(order) || order.status === PAID || isRefund(order)

const fenOf = (yuan: number) => yuanToFen(yuan) ?? Math.round(yuan * 100)

/** The order's documents. C8 may match loosely: a document that names or belongs to another order does not count. */
async function ownDocuments(order: DayOrder, found: Retail[]): Promise<Retail[]> {
  const named = found.filter(({ source_id: sourceId }) => (sourceId ?? order.transId) === order.transId)
  if (named.every(({ id }) => isOwn(order, id))) return named
  const holders = await findDocumentHolders(
    order.setOfBookId,
    named.map(({ id }) => id),
  )
  return named.filter(({ id }) => (holders.get(c8IdDigits(id))?.orderId ?? order.id) === order.id)
}

const isOwn = ({ retailId }: DayOrder, id: Retail['id']) => retailId !== null && c8IdDigits(id) === c8IdDigits(retailId)

/** How C8's only document differs from the order. */
function compareDocument(order: DayOrder, retail: Retail, c8Amount: number): [Finding['kind'], string][] {
  const found: [Finding['kind'], string][] = []
  const differs: string[] = []
  if (!isOwn(order, retail.id)) differs.push(`C8 里是零售单 ${retail.code}，本系统记的是 ${order.retailCode}`)
  if (c8Amount !== order.totalAmount)
    differs.push(`零售单 ${fenToYuan(c8Amount)} 元，订单 ${fenToYuan(order.totalAmount)} 元`)
  if (differs.length > 0) found.push(['document_differs', differs.join('；')])
  if (typeof retail.status === 'number' && retail.status !== RETAIL_DONE)
    found.push(['document_unfinished', `零售单 ${retail.code} 的状态是 ${retail.status}`])
  return found
}

/** The result for one order: its amount in C8 and what does not agree. */
function compareWithC8(
  order: DayOrder,
  listed: ListedOrder | undefined,
  documents: Retail[],
): { amount: number | null; findings: Finding[] } {
  const retail = documents.find(({ id }) => isOwn(order, id)) ?? documents[0]
  if (!retail) {
    const detail = `C8 里没有零售单 ${order.retailCode}`
    return {
      amount: null,
      findings: hasDocument(order) ? [findingOf('document_missing', order, listed, { detail })] : [],
    }
  }
  const c8Amount = retail.total_amount == null ? order.totalAmount : fenOf(retail.total_amount)
  const codes = documents.map(({ code }) => code).join('、')
  const more = { c8Amount, retailCode: codes.slice(0, 200) }
  const kinds: [Finding['kind'], string][] = !hasDocument(order)
    ? [['document_unknown', `C8 里有零售单 ${codes}，本系统没有记录`]]
    : documents.length > 1
      ? [['document_doubled', `C8 里有 ${documents.length} 张零售单：${codes}`]]
      : compareDocument(order, retail, c8Amount)
  return {
    amount: c8Amount,
    findings: kinds.map(([kind, detail]) => findingOf(kind, order, listed, { ...more, detail })),
  }
}

const STANDING = ['importState', 'importLease', 'createUnansweredAt', 'status', 'totalAmount', 'updateTime'] as const

/** Whether the order is as it was when the check read it. */
async function isUnmoved(order: DayOrder): Promise<boolean> {
  const now = await readDayOrder(order.id)
  if (!now || STANDING.some((field) => now[field] !== order[field])) return false
  return JSON.stringify(now.retailId) === JSON.stringify(order.retailId)
}

async function lookUp(order: DayOrder, session: C8Session, signal: AbortSignal): Promise<Retail[]> {
  const { setOfBookId, transId } = order
  const found = await withLookupPlace(setOfBookId, signal, () => findRetails(session, transId, signal))
  if (isPlaceWanted(setOfBookId)) wakeImportQueue()
  return ownDocuments(order, found)
}

/**
 * Looks up each order in C8 and calls `hear` with what does not agree. Throws what the look-up throws.
 */
export async function readDayInC8(
  orders: DayOrder[],
  listed: Map<string, ListedOrder>,
  session: C8Session,
  signal: AbortSignal,
  hear: (findings: Finding[]) => Promise<void>,
): Promise<DayInC8> {
  const result: DayInC8 = { sums: {}, overtaken: [] }
  const next = orders.values()
  const failure = new AbortController()
  const ended = AbortSignal.any([signal, failure.signal])
  const work = async () => {
    for (const order of next) {
      const documents = await lookUp(order, session, ended)
      const { amount, findings } = compareWithC8(order, listed.get(order.transId), documents)
      if (amount !== null) addToCabinet(result.sums, order.devId, amount)
      if (findings.length > 0 && !(await isUnmoved(order))) result.overtaken.push(order.transId)
      else await hear(findings)
    }
  }
  // No look-up outlives the check, whose places others get then.
  await Promise.all(Array.from({ length: WORKERS }, () => work().catch((error: unknown) => failure.abort(error))))
  ended.throwIfAborted()
  return result
}
