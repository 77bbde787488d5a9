import { reasonKey, type ErrorCode } from '#shared/error-codes'
import type { Actor } from '../repositories/audit.ts'
import { findAliasesTo, type BarcodeAliasRecord } from '../repositories/barcode-aliases.ts'
import { listFailedFor, listFailedGroups, type FailedGroup } from '../repositories/failed-orders.ts'
import type { FailedFor } from '../repositories/import-batch-retry.ts'
import { readWholeOrders } from '../repositories/import-batch-work.ts'
import type { OrderRecord } from '../repositories/orders.ts'
import type { SessionRecord } from '../repositories/sessions.ts'
import { DomainError, NotFound } from '../errors.ts'
import { nextTurn } from '../turns.ts'
import { previewDraft } from './retail-draft.ts'
import { MAX_ORDERS, startJob } from './start-job.ts'

/** Failed imports of one reason, with what the product is called whose barcode it names. */
export interface NamedGroup extends FailedGroup {
  product: string | null
  alias: BarcodeAliasRecord | null
}

interface Page {
  code?: string
  start: number
  limit: number
}

/** The barcode that C8 does not know, to which an alias may have led. */
const barcodeOf = ({ params }: FailedGroup) => {
  const barcode = params?.c8_barcode ?? params?.barcode
  return barcode === undefined ? undefined : String(barcode)
}

/** The first order of each group: it stands for the others. */
async function firstOrders(setOfBookId: number, groups: FailedGroup[]): Promise<Map<number, OrderRecord>> {
  const orders = await readWholeOrders(
    setOfBookId,
    groups.map(({ first }) => first),
  )
  return new Map(orders.map((order) => [order.id, order]))
}

/** Names the products by their first order's lines, by way of an alias where the barcode is C8's. */
async function nameGroups(setOfBookId: number, groups: FailedGroup[]): Promise<NamedGroup[]> {
  const named = groups.filter((group) => barcodeOf(group) !== undefined)
  const firsts = await firstOrders(setOfBookId, named)
  const nameIn = ({ first }: FailedGroup, barcode: string | undefined) =>
    firsts.get(first)?.products.find((line) => line.barcode === barcode)?.name
  const strange = named.filter((group) => nameIn(group, barcodeOf(group)) === undefined)
  const aliases = await findAliasesTo(setOfBookId, [...new Set(strange.map((group) => barcodeOf(group)!))])
  return groups.map((group) => {
    const own = nameIn(group, barcodeOf(group))
    const alias = strange.includes(group)
      ? aliases.find(({ barcode, c8Barcode }) => c8Barcode === barcodeOf(group) && nameIn(group, barcode) !== undefined)
      : undefined
    return { ...group, product: own ?? nameIn(group, alias?.barcode) ?? null, alias: alias ?? null }
  })
}

/** A page of the failed imports by reason, those with the most orders first, and the sums of all. */
export async function listFailures(setOfBookId: number, { code, start, limit }: Page, client?: AbortSignal) {
  const groups = await listFailedGroups(setOfBookId, code, client)
  const sum = (field: 'orders' | 'amount') => groups.reduce((total, group) => total + group[field], 0)
  return {
    total: groups.length,
    orders: sum('orders'),
    amount: sum('amount'),
    rows: await nameGroups(setOfBookId, groups.slice(start, start + limit)),
  }
}

/** What a draft finds in the way of an import, so that it can tell whether it is gone; the rest only a retry shows. */
const CHECKED = new Set<ErrorCode>([
  'alias_unknown',
  'c8_set_of_book_missing',
  'device_unconfigured',
  'price_out_of_range',
  'product_ambiguous',
  'product_unknown',
  'tax_rate_invalid',
  'tax_rate_missing',
  'total_mismatch',
])
/** Orders that C8 is asked about at a time, and milliseconds after which it is asked nothing more. */
const ASKERS = 4
const PATIENCE = 5000

/**
 * Whether an order would fail for a reason if it were imported now, also where an alias has led from one unknown
 * barcode to another; `undefined` where C8 does not say.
 */
async function failsFor(order: OrderRecord, group: FailedGroup, session: SessionRecord): Promise<boolean | undefined> {
  try {
    const { problems, lines } = await previewDraft(order, session)
    const isProduct = group.code === 'alias_unknown' || group.code?.startsWith('product_')
    const barcode = isProduct ? group.params?.barcode : undefined
    return (
      problems.some(({ message, code, params }) => reasonKey({ message, code, params }) === group.key) ||
      lines.some((line) => line.barcode === barcode && line.product_id === null)
    )
  } catch (error) {
    if (error instanceof DomainError) return undefined
    throw error
  }
}

/** Those of a page's reasons for which their first order would not fail any more; makes nothing. Throws ClientLeft. */
export async function checkFailures(
  session: SessionRecord,
  { code, start, limit }: Page,
  client: AbortSignal,
): Promise<{ gone: FailedGroup[]; unchecked: number }> {
  const { setOfBookId } = session
  const page = (await listFailedGroups(setOfBookId, code, client)).slice(start, start + limit)
  const asked = page.filter((group) => group.code !== null && CHECKED.has(group.code))
  const firsts = await firstOrders(setOfBookId, asked)
  const deadline = performance.now() + PATIENCE
  const gone: FailedGroup[] = []
  let unchecked = 0
  const queue = asked.values()
  const work = async () => {
    for (const group of queue) {
      await nextTurn(client)
      const order = firsts.get(group.first)
      if (!order) continue
      const fails = performance.now() < deadline ? await failsFor(order, group, session) : undefined
      if (fails === false) gone.push(group)
      if (fails === undefined) unchecked += 1
    }
  }
  await Promise.all(Array.from({ length: ASKERS }, work))
  return { gone, unchecked }
}

/**
 * Starts an import of the orders that failed for a reason, of the first where they are more than one job may have.
 * Throws NotFound where there are none any more, and what starting a job throws.
 */
export async function retryFailures(session: SessionRecord, reason: FailedFor, by: Actor) {
  const key = reasonKey('code' in reason ? { message: '', ...reason } : reason)
  const ids = await listFailedFor(session.setOfBookId, key, MAX_ORDERS)
  if (ids.length === 0) throw new NotFound('已经没有因为这个原因失败的订单，请刷新页面', { code: 'failures_gone' })
  return startJob(session, { kind: 'retry', ids }, by)
}
