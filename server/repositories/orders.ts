import { and, eq, sql } from 'drizzle-orm'
import { orders } from '#drizzle/schema/orders'
import { isClockOdd, replaces } from '#shared/message-order'
import { deleteRefusal, isFrozen, type OrderStanding } from '#shared/order-rules'
import type { OrderMessage } from '#shared/orders'
import { grouped, prepared, useStorage, type NewOrder, type Reader, type Tx } from '../storage/engine.ts'
import { Conflict } from '../errors.ts'
import { holdDays, refuseClosedDay } from './closed-days.ts'
import { mayHaveOthers } from './nodes.ts'
import { isGoodToken, unknownLocalToken } from './local-tokens.ts'
import { closeBatchItems, closeDoneItems, holdItem } from './import-batch-items.ts'
import { addAudit, type Actor } from './audit.ts'
import { noteOddClocks, type OddClock } from './odd-clocks.ts'
import { describeChange, type Change } from './order-changes.ts'
import { addEvent } from './order-events.ts'
import { withdrawImport } from './withdraw-import.ts'

export type OrderRecord = typeof orders.$inferSelect

/** The effect of storing a message. */
export type Receipt = 'created' | 'updated' | 'unchanged'

/** A message of goBox to be stored, with its source and time of arrival. */
export interface Arrival {
  setOfBookId: number
  message: OrderMessage
  user: string
  now: number
  /** The local token that it was sent with; absent unless it came through the webhook. */
  tokenHash?: string
  /** Set if lines are known to be missing. */
  isPartial?: boolean
}

const withTransId = (db: Reader) =>
  db
    .select()
    .from(orders)
    .where(and(eq(orders.setOfBookId, sql.placeholder('setOfBookId')), eq(orders.transId, sql.placeholder('transId'))))

const seenByTransId = prepared('order_seen', withTransId)
const byTransId = prepared('order_by_trans_id', (db) => useStorage().forUpdate(withTransId(db)))

function toColumns(message: OrderMessage) {
  return {
    status: message.status,
    eId: message.e_id,
    devId: message.dev_id,
    createTime: message.create_time,
    updateTime: message.update_time,
    totalAmount: message.products.reduce((sum, line) => sum + line.amount, 0),
    products: message.products,
  }
}

/** An order as the rules about it see it. */
export function standingOf({
  status,
  importState,
  importLease,
  createUnansweredAt,
}: Pick<OrderRecord, 'status' | 'importState' | 'importLease' | 'createUnansweredAt'>): OrderStanding {
  return {
    status,
    importState,
    awaitsC8: createUnansweredAt !== null,
    isUnderWay: importLease !== null || importState === 'sending',
  }
}

/** Fields whose values differ, as `{ field: [before, after] }`. */
function differences(before: Record<string, unknown>, after: Record<string, unknown>): Change {
  return Object.fromEntries(
    Object.entries(after)
      .map(([key, value]): [string, [unknown, unknown]] => [key, [before[key], value]])
      .filter(([, [old, value]]) => old !== value && JSON.stringify(old) !== JSON.stringify(value)),
  )
}

/**
 * What of a message holds beside status and time: lines that it does not know of are no reason to drop those stored.
 */
function bodyOf(stored: OrderRecord, { message, isPartial }: Arrival): Partial<ReturnType<typeof toColumns>> {
  const { status, updateTime, products, totalAmount, ...rest } = toColumns(message)
  const knowsLess = products.length === 0 || isPartial
  return knowsLess && stored.products.length > 0 ? rest : { ...rest, products, totalAmount }
}

/** What a message changes of the order as it is stored; `undefined`: nothing. */
function planChange(stored: OrderRecord, arrival: Arrival) {
  const { message, now } = arrival
  const moment = {
    status: message.status,
    updateTime: message.update_time,
    clockOdd: isClockOdd(message.update_time, now),
  }
  const storedOdd = stored.clockOdd || isClockOdd(stored.updateTime, now)
  if (!replaces(moment, { ...stored, clockOdd: storedOdd })) return undefined
  const body = bodyOf(stored, arrival)
  const bodyChange = differences(stored, body)
  const frozen = isFrozen(standingOf(stored))
  const { clockOdd, ...shown } = moment
  const change = { ...differences(stored, shown), ...(frozen ? {} : bodyChange) }
  const isShown = Object.keys(change).length > 0
  if (!isShown && clockOdd === stored.clockOdd) return undefined
  return {
    columns: { ...moment, ...(frozen ? {} : body) },
    detail: isShown ? describeChange(change, frozen ? bodyChange : {}) : undefined,
  }
}

async function applyMessage(tx: Tx, stored: OrderRecord, arrival: Arrival): Promise<Receipt> {
  const plan = planChange(stored, arrival)
  if (!plan) return 'unchanged'
  await tx.update(orders).set(plan.columns).where(eq(orders.id, stored.id))
  if (!plan.detail) return 'unchanged'
  const { user, now } = arrival
  await addEvent(tx, stored.id, 'changed', user, now, plan.detail)
  await withdrawImport(tx, stored, plan.columns.status, user, now)
  return 'updated'
}

function toRow({ setOfBookId, message, user, now, tokenHash }: Arrival): NewOrder {
  return { setOfBookId, transId: message.trans_id, ...toColumns(message), createdAt: now, createdUser: user, tokenHash }
}

/** Throws Unauthorized for a token that another node has replaced; asks once for each. */
function tokenCheck(tx: Tx) {
  const asked = new Map<string, Promise<boolean>>()
  return async ({ setOfBookId, tokenHash }: Arrival) => {
    if (tokenHash === undefined || !mayHaveOthers()) return
    if (!asked.has(tokenHash)) asked.set(tokenHash, isGoodToken(tx, setOfBookId, tokenHash))
    if (!(await asked.get(tokenHash))) throw unknownLocalToken()
  }
}

/** Stores one message, whose order got the id `created` by it, or was there. */
async function storeOne(tx: Tx, arrival: Arrival, created: number | null): Promise<Receipt> {
  const { setOfBookId, message, now } = arrival
  if (created === null) {
    const key = { setOfBookId, transId: message.trans_id }
    // A repeated message takes no lock: groups of other nodes would wait for it.
    if (mayHaveOthers() && !planChange((await seenByTransId(key, tx))[0]!, arrival)) return 'unchanged'
    const [stored] = await byTransId(key, tx)
    return applyMessage(tx, stored!, arrival)
  }
  if (isClockOdd(message.update_time, now))
    await tx.update(orders).set({ clockOdd: true }).where(eq(orders.id, created))
  return 'created'
}

/** Must come before any order is locked: closing a day locks in the same sequence. */
async function holdDaysOf(tx: Tx, known: Arrival[]) {
  const sets = new Set(known.map(({ setOfBookId }) => setOfBookId))
  for (const setOfBookId of [...sets].sort((a, b) => a - b)) await holdDays(tx, setOfBookId)
}

/**
 * Stores messages of goBox by the rules of docs/api.md: the first of an order inserts, a later one replaces unless it
 * is older; an order that C8 has or may have only follows in status and update time.
 */
export async function storeOrders(tx: Tx, arrivals: Arrival[]): Promise<Receipt[]> {
  const rows = arrivals.map(toRow)
  const created = await useStorage().insertOrders(tx, rows)
  await holdDaysOf(
    tx,
    arrivals.filter((_, index) => created[index] === null),
  )
  const receipts: Receipt[] = []
  const requireGoodToken = tokenCheck(tx)
  const odd: OddClock[] = []
  for (const [index, arrival] of arrivals.entries()) {
    const { setOfBookId, message, now } = arrival
    const isOdd = isClockOdd(message.update_time, now)
    const isNew = created[index] !== null
    if (!isNew) await requireGoodToken(arrival)
    // No await for new orders, the common case: each await would cost them a microtask.
    const receipt = isNew && !isOdd ? 'created' : await storeOne(tx, arrival, created[index]!)
    receipts.push(receipt)
    if (isOdd && receipt !== 'unchanged')
      odd.push({
        setOfBookId,
        devId: message.dev_id,
        lastAt: now,
        transId: message.trans_id,
        updateTime: message.update_time,
      })
  }
  await noteOddClocks(tx, odd)
  return receipts
}

const receive = grouped(storeOrders, ({ setOfBookId, message }) => `${setOfBookId} ${message.trans_id}`)

/**
 * Stores a message of goBox. Resolves when it is on disk. Rejects with Unauthorized where its token is not good any
 * more.
 */
export function receiveOrder(
  setOfBookId: number,
  message: OrderMessage,
  user: string,
  now: number,
  brought: Pick<Arrival, 'isPartial' | 'tokenHash'> = {},
): Promise<Receipt> {
  return receive({ setOfBookId, message, user, now, ...brought })
}

const own = (setOfBookId: number, id: number) => and(eq(orders.setOfBookId, setOfBookId), eq(orders.id, id))

/** One order of the account set. */
export async function getOrder(setOfBookId: number, id: number): Promise<OrderRecord | undefined> {
  const [order] = await useStorage().db.select().from(orders).where(own(setOfBookId, id))
  return order
}

/** Deletes an order. Throws Conflict while C8 has, or may have, its document. Returns whether it was there. */
export async function deleteOrder(setOfBookId: number, id: number, by: Actor, jobId?: number): Promise<boolean> {
  const { write, forUpdate } = useStorage()
  return write(async (tx) => {
    await holdDays(tx, setOfBookId)
    const [order] = await forUpdate(tx.select().from(orders).where(own(setOfBookId, id)))
    if (!order) return false
    if (jobId !== undefined) await holdItem(tx, jobId, id)
    await refuseClosedDay(tx, order)
    const refusal = deleteRefusal(standingOf(order))
    if (refusal === 'imported') throw new Conflict('订单已导入 C8，请先重置导入状态再删除', { code: 'delete_imported' })
    if (refusal === 'moving')
      throw new Conflict('订单正在导入 C8，请等它有结果后再删除', { code: 'delete_while_importing' })
    if (refusal === 'awaiting')
      throw new Conflict('等待 C8 确认：上次创建没有得到回答，请等它有结果后再删除', {
        code: 'delete_while_awaiting_c8',
      })
    await closeBatchItems(tx, [id], 'cancelled')
    await closeDoneItems(tx, 'delete', id)
    await tx.delete(orders).where(eq(orders.id, id))
    await addAudit(tx, by, 'order_deleted', { id, name: order.transId })
    return true
  })
}
