import { and, asc, eq, sql } from 'drizzle-orm'
import { orderEvents, orders } from '#drizzle/schema'
import { isImported } from '#shared/import-state'
import { PAID } from '#shared/order-status'
import type { OrderMessage } from '#shared/orders'
import { prepared, useStorage } from '../db/client.ts'
import { Conflict } from '../utils/errors.ts'
import { closeBatchItems } from './import-batch-items.ts'
import { addAudit, type Actor } from './audit.ts'
import { addEvent, type OrderEventRecord } from './order-events.ts'

export type OrderRecord = typeof orders.$inferSelect

/** What storing a message did. */
export type Receipt = 'created' | 'updated' | 'unchanged'

/** Without drizzle, whose mapping takes a quarter as long as the insert itself: this is what each message of goBox runs. */
const insertOrder = prepared((_, sqlite) =>
  sqlite.prepare<
    [number, string, number, string, number, number, number, number, string, number, string]
  >(`INSERT INTO orders
  (set_of_book_id, trans_id, status, e_id, dev_id, create_time, update_time, total_amount, products, created_at, created_user)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`),
)

const selectByTransId = prepared((db) =>
  db
    .select()
    .from(orders)
    .where(and(eq(orders.setOfBookId, sql.placeholder('setOfBookId')), eq(orders.transId, sql.placeholder('transId'))))
    .prepare(),
)

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

/** While C8 has, or may have, the order's document, what the document was made from must stay as it was sent. */
function isFrozen(order: OrderRecord): boolean {
  return order.importState === 'sending' || isImported(order.importState) || order.createUnansweredAt !== null
}

/** Only what was paid is imported; a document that C8 has, or may have, is brought to its end whatever became of the payment. */
export function isImportable(order: Pick<OrderRecord, 'status' | 'importState' | 'createUnansweredAt'>): boolean {
  return order.status === PAID || order.importState === 'created' || order.createUnansweredAt !== null
}

/** Fields whose values differ, as `{ field: [before, after] }`. */
function differences(before: Record<string, unknown>, after: Record<string, unknown>) {
  return Object.fromEntries(
    Object.entries(after)
      .map(([key, value]) => [key, [before[key], value]] as const)
      .filter(([, [old, value]]) => old !== value && JSON.stringify(old) !== JSON.stringify(value)),
  )
}

function applyMessage(stored: OrderRecord, message: ReturnType<typeof toColumns>, user: string, now: number): Receipt {
  if (message.updateTime < stored.updateTime) return 'unchanged'
  const { status, updateTime, ...body } = message
  const bodyChange = differences(stored, body)
  const frozen = isFrozen(stored)
  const change = { ...differences(stored, { status, updateTime }), ...(frozen ? {} : bodyChange) }
  const withheld = frozen ? bodyChange : {}
  if (Object.keys(change).length === 0) return 'unchanged'
  useStorage()
    .db.update(orders)
    .set(frozen ? { status, updateTime } : message)
    .where(eq(orders.id, stored.id))
    .run()
  addEvent(stored.id, 'changed', user, now, Object.keys(withheld).length > 0 ? { change, withheld } : { change })
  return 'updated'
}

/**
 * Stores a message of goBox by the rules of contract.md, 3.1: the first inserts, a later one replaces unless it is older; an order
 * that C8 has or may have only follows in status and update time. Runs inside the caller's transaction.
 */
export function storeOrder(setOfBookId: number, message: OrderMessage, user: string, now: number): Receipt {
  const columns = toColumns(message)
  const { status, eId, devId, createTime, updateTime, totalAmount, products } = columns
  const { changes } = insertOrder().run(
    setOfBookId,
    message.trans_id,
    status,
    eId,
    devId,
    createTime,
    updateTime,
    totalAmount,
    JSON.stringify(products),
    now,
    user,
  )
  return changes > 0
    ? 'created'
    : applyMessage(selectByTransId().get({ setOfBookId, transId: message.trans_id })!, columns, user, now)
}

/** Stores a message of goBox. Resolves when it is on disk. */
export function receiveOrder(setOfBookId: number, message: OrderMessage, user: string, now: number): Promise<Receipt> {
  return useStorage().write(() => storeOrder(setOfBookId, message, user, now))
}

/** One order of the account set. */
export async function getOrder(setOfBookId: number, id: number): Promise<OrderRecord | undefined> {
  return useStorage()
    .db.select()
    .from(orders)
    .where(and(eq(orders.setOfBookId, setOfBookId), eq(orders.id, id)))
    .get()
}

/** What happened to an order since it was received, oldest first. */
export async function getOrderHistory(id: number): Promise<OrderEventRecord[]> {
  return useStorage()
    .db.select()
    .from(orderEvents)
    .where(eq(orderEvents.orderId, id))
    .orderBy(asc(orderEvents.sequence))
    .all()
}

/** Deletes an order. Throws Conflict while C8 has, or may have, its document. Returns whether it was there. */
export async function deleteOrder(setOfBookId: number, id: number, by: Actor): Promise<boolean> {
  const { db, write } = useStorage()
  return write(() => {
    const order = db
      .select()
      .from(orders)
      .where(and(eq(orders.setOfBookId, setOfBookId), eq(orders.id, id)))
      .get()
    if (!order) return false
    if (isImported(order.importState)) throw new Conflict('订单已导入 C8，请先重置导入状态再删除')
    if (isFrozen(order)) throw new Conflict('订单正在导入 C8，请等它有结果后再删除')
    closeBatchItems(id, 'cancelled', null)
    db.delete(orders).where(eq(orders.id, id)).run()
    addAudit(by, 'order_deleted', { id, name: order.transId })
    return true
  })
}
