import type { C8Id } from '#shared/c8-id'
import { fenToYuan, yuanText } from '#shared/money'
import { PAID } from '#shared/order-status'
import { dateOfTime } from '#shared/dates'
import { lineFen, unitPrice } from '#shared/unit-price'
import type { RetailDraft } from '../connectors/c8-retails.ts'
import { findC8Barcodes } from '../repositories/barcode-aliases.ts'
import { findDeviceForDay } from '../repositories/device-versions.ts'
import type { DeviceRecord } from '../repositories/devices.ts'
import type { OrderRecord } from '../repositories/orders.ts'
import { useConfig } from '../config.ts'
import { Refused, SessionEnded } from '../errors.ts'
import type { C8Session } from './c8-session.ts'
import { getProductId, getTaxRate } from './c8-catalog.ts'

type OrderToBook = Pick<OrderRecord, 'transId' | 'status' | 'devId' | 'totalAmount' | 'products'>
export type Answer<T> = T | Refused

/** What C8 said of an order's barcodes and of its tax rate: the value, or why there is none. */
export interface DraftFacts {
  /** By goBox's barcode. */
  productIds: ReadonlyMap<string, Answer<C8Id>>
  taxRate: Answer<number> | undefined
  /** Under which barcodes C8 knows those of goBox that are not its own. */
  c8Barcodes?: ReadonlyMap<string, string>
}

/** A line as it is booked, `null` where it cannot be said. */
interface DraftLine {
  barcode: string
  /** Under which it is booked, where that is another. */
  c8_barcode?: string
  name: string
  product_id: C8Id | null
  quantity: number
  tax_price: number | null
  tax_rate: number | null
}

export interface Draft {
  /** `null` where there are problems. */
  draft: RetailDraft | null
  lines: DraftLine[]
  /** Everything that stands in the way, in the order in which it is mended. */
  problems: Refused[]
}

/** What can be said without C8. */
function ownProblems(order: OrderToBook, device: DeviceRecord | undefined): Refused[] {
  const problems: Refused[] = []
  if (order.status !== PAID) problems.push(new Refused('订单不是“支付成功”，不能导入', { code: 'order_unpaid' }))
  if (!device)
    problems.push(
      new Refused(`货柜 ${order.devId} 还没有配置，请先在“货柜”里配置它`, {
        code: 'device_unconfigured',
        params: { dev_id: order.devId },
      }),
    )
  if (order.products.length === 0)
    problems.push(new Refused('订单没有商品明细，不能导入', { code: 'order_without_lines' }))
  return problems
}

const known = <T>(answer: Answer<T> | undefined): T | null =>
  answer === undefined || answer instanceof Refused ? null : answer

function toLines(order: OrderToBook, { productIds, taxRate, c8Barcodes }: DraftFacts): DraftLine[] {
  return order.products.map(({ barcode, name, num, amount }) => ({
    barcode,
    ...(c8Barcodes?.has(barcode) ? { c8_barcode: c8Barcodes.get(barcode) } : {}),
    name,
    product_id: known(productIds.get(barcode)),
    quantity: num,
    tax_price: unitPrice(amount, num),
    tax_rate: known(taxRate),
  }))
}

/** Whether the lines, as C8 counts them, come to the order's total. */
function amountProblems(order: OrderToBook, lines: DraftLine[]): Refused[] {
  if (lines.length === 0) return []
  const unpriced = lines.filter((line) => line.tax_price === null)
  if (unpriced.length > 0)
    return unpriced.map(
      ({ barcode }) =>
        new Refused(`商品 ${barcode} 的单价超出范围，不能导入，请检查 goBox 的订单`, {
          code: 'price_out_of_range',
          params: { barcode },
        }),
    )
  const sum = lines.reduce((total, line) => total + lineFen(line.quantity, line.tax_price!), 0)
  if (sum === order.totalAmount) return []
  const odd = lines.filter((line, index) => lineFen(line.quantity, line.tax_price!) !== order.products[index]!.amount)
  const barcodes = odd.map(({ barcode }) => barcode).join('、') || '—'
  return [
    new Refused(
      `订单金额 ${yuanText(order.totalAmount)} 元，按六位小数的单价开单却是 ${yuanText(sum)} 元（商品 ${barcodes}），不能导入，请在 C8 里手工开单`,
      { code: 'total_mismatch', params: { total: fenToYuan(order.totalAmount), lines: fenToYuan(sum), barcodes } },
    ),
  ]
}

/** Why a line cannot be booked, `undefined` where C8 knows its product; an alias that leads nowhere is to change. */
function productProblem(barcode: string, { productIds, c8Barcodes }: DraftFacts): Refused | undefined {
  const answer = productIds.get(barcode)
  if (!(answer instanceof Refused)) return undefined
  const c8Barcode = c8Barcodes?.get(barcode)
  if (answer.code !== 'product_unknown' || c8Barcode === undefined) return answer
  return new Refused(
    `条码 ${barcode} 对照到 C8 的条码 ${c8Barcode}，但 C8 里没有它，请修改对照，或在 C8 建好这个商品再重试`,
    { code: 'alias_unknown', params: { barcode, c8_barcode: c8Barcode } },
  )
}

/** The retail document of an order, with the defaults of its device, and all that stands in its way. */
export function makeDraft(order: OrderToBook, device: DeviceRecord | undefined, facts: DraftFacts): Draft {
  const lines = toLines(order, facts)
  const barcodes = [...new Set(order.products.map(({ barcode }) => barcode))]
  const problems = [
    ...ownProblems(order, device),
    ...(facts.taxRate instanceof Refused ? [facts.taxRate] : []),
    ...new Set(barcodes.map((barcode) => productProblem(barcode, facts)).filter((problem) => problem !== undefined)),
    ...amountProblems(order, lines),
  ]
  if (problems.length > 0 || !device) return { draft: null, lines, problems }
  const total = fenToYuan(order.totalAmount)
  const draft: RetailDraft = {
    source: 'gobox',
    source_id: order.transId,
    store_id: device.storeId,
    bank_id: device.bankId,
    member_id: device.memberId,
    employee_id: device.employeeId,
    bill_type: device.billType,
    total_amount: total,
    bank_amount: total,
    retail_lines: lines.map((line) => ({
      product_id: line.product_id!,
      quantity: line.quantity,
      tax_price: line.tax_price!,
      tax_rate: line.tax_rate!,
    })),
  }
  return { draft, lines, problems }
}

export const dayOf = ({ createTime }: OrderRecord) => dateOfTime(createTime, useConfig().zone)

/** The cabinet as it was configured on the order's day. */
export const findDevice = (order: OrderRecord) => findDeviceForDay(order.setOfBookId, order.devId, dayOf(order))

/** A refusal is an answer; an ended session or a fault is none. */
export async function answerOf<T>(asking: Promise<T>): Promise<Answer<T>> {
  try {
    return await asking
  } catch (error) {
    if (error instanceof Refused && !(error instanceof SessionEnded)) return error
    throw error
  }
}

/** Asks C8 for what the order's document needs. Throws SessionEnded, UpstreamBroken, UpstreamTimeout. */
async function gatherFacts(order: OrderRecord, device: DeviceRecord | undefined, session: C8Session) {
  const barcodes = [...new Set(order.products.map(({ barcode }) => barcode))]
  const c8Barcodes = await findC8Barcodes(order.setOfBookId, barcodes, dayOf(order))
  const [taxRate, ...ids] = await Promise.all([
    device && answerOf(getTaxRate(session, device.billType)),
    ...barcodes.map((barcode) => answerOf(getProductId(session, c8Barcodes.get(barcode) ?? barcode))),
  ])
  return { taxRate, c8Barcodes, productIds: new Map(barcodes.map((barcode, index) => [barcode, ids[index]!])) }
}

/** The order's document as it would be sent, and all that stands in its way. Throws what asking C8 throws. */
export async function previewDraft(order: OrderRecord, session: C8Session): Promise<Draft> {
  const device = await findDevice(order)
  return makeDraft(order, device, await gatherFacts(order, device, session))
}

/**
 * The order's document to send. Throws Refused for the first of what stands in its way, without asking C8 where that is
 * not needed to know, and what asking C8 throws.
 */
export async function draftRetail(order: OrderRecord, session: C8Session): Promise<RetailDraft> {
  const device = await findDevice(order)
  const [own] = ownProblems(order, device)
  if (own) throw own
  const { draft, problems } = makeDraft(order, device, await gatherFacts(order, device, session))
  if (!draft) throw problems[0]!
  return draft
}
