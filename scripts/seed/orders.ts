import { devices } from '#drizzle/schema/devices'
import { orderEvents, orders } from '#drizzle/schema/orders'
import type { Storage } from '#server/storage/engine'
import { isImported, type ImportState } from '#shared/import-state'
import { yuanToFen } from '#shared/money'
import type { OrderStatus } from '#shared/order-status'
import { randomFrom, shopOrder, startOfDay, timeOfDay } from '../../sandbox/shop.ts'

const day = 86_400_000
const days = 365
const firstCabinet = 10_001
const cabinets = Array.from({ length: 100 }, (_, index) => firstCabinet + index)
/** The last cabinets are left without configuration. */
const configured = 96
const clerks = ['陈晓东', '李娜', '王建国']
/** Orders a transaction: large enough to make the disk sync cheap, small enough to keep the WAL small. */
const group = 20_000
/** Rows a statement: engines bound its parameters. */
const rowsAtOnce = 500

export interface SeedOptions {
  setOfBookId: number
  count: number
  /** The last moment of the twelve months. */
  until: number
}

type NewOrder = typeof orders.$inferInsert

/** Fills an account set with `count` plausible orders over the twelve months before `until`, oldest first. */
export async function seedOrders(storage: Storage, { setOfBookId, count, until }: SeedOptions): Promise<void> {
  await configureCabinets(storage, setOfBookId, until)
  const random = randomFrom(until)
  const midnight = startOfDay(until)
  let made = 0
  let batch: NewOrder[] = []
  for (let index = 0; index < days; index += 1) {
    const target = Math.round((count * (index + 1)) / days)
    const begin = midnight - (days - 1 - index) * day
    const end = Math.min(begin + day, until)
    for (const time of timesOfDay(random, begin, end, target - made))
      batch.push(orderAt(random, time, until, made++, setOfBookId))
    if (batch.length < group) continue
    await insertAll(storage, batch)
    batch = []
  }
  await insertAll(storage, batch)
}

async function configureCabinets({ write }: Storage, setOfBookId: number, now: number): Promise<void> {
  const rows = cabinets.slice(0, configured).map((devId, index) => ({
    setOfBookId,
    devId,
    name: `${index + 1} 号货柜`,
    storeId: 2 + (index % 5),
    bankId: 21 + (index % 2),
    memberId: 62,
    employeeId: 41 + (index % 6),
    billType: 0 as const,
    createdAt: now,
    createdUser: clerks[0]!,
  }))
  await write((tx) => tx.insert(devices).values(rows).onConflictDoNothing())
}

function timesOfDay(random: () => number, begin: number, end: number, count: number): number[] {
  return Array.from({ length: count }, () => begin + (timeOfDay(random) * (end - begin)) / day)
    .map(Math.floor)
    .sort((a, b) => a - b)
}

function orderAt(random: () => number, time: number, until: number, sequence: number, setOfBookId: number): NewOrder {
  const order = shopOrder(random, cabinets, time, sequence, until)
  const products = order.products.map(({ amount, cost, ...line }) => ({
    ...line,
    barcode: String(line.barcode),
    amount: yuanToFen(Number(amount))!,
    cost: yuanToFen(Number(cost))!,
  }))
  const status = (random() < 0.002 ? 110 : order.status) as OrderStatus
  return {
    setOfBookId,
    status,
    products,
    devId: Number(order.dev_id),
    transId: String(order.trans_id),
    eId: String(order.e_id),
    createTime: time,
    updateTime: status === 100 ? time : Math.min(time + 3_600_000, until),
    createdAt: Math.min(time + 1500, until),
    createdUser: 'goBox',
    totalAmount: products.reduce((sum, line) => sum + line.amount, 0),
    ...importOf(random, status, time, sequence),
  }
}

/** About half of the orders are imported; a refund comes before the import more often than after it. */
function importOf(random: () => number, status: OrderStatus, time: number, sequence: number): Partial<NewOrder> {
  const chance = status === 100 ? 0.51 : [102, 103, 104, 110].includes(status) ? 0.2 : 0
  const fate = random()
  if (fate > chance)
    return status === 100 && fate > 0.99
      ? { importState: 'failed', importError: 'C8 没有条码 6971234000170 的商品' }
      : {}
  const importState: ImportState = fate < 0.0005 ? 'created' : 'imported'
  const user = clerks[Math.floor(random() * clerks.length)]!
  const retail = { retailId: 100_000 + sequence, retailCode: `LS${100_000 + sequence}` }
  return { importState, importedAt: time + day / 2, importedUser: user, importUser: user, ...retail }
}

/** What the import has left in the history of an order. */
function eventsOf(orderId: number, row: NewOrder): (typeof orderEvents.$inferInsert)[] {
  const { importedAt: at, importedUser: user, retailId, retailCode, importState = 'idle' } = row
  if (!isImported(importState)) return []
  const entry = { orderId, at: at!, user: user! }
  const created = { ...entry, sequence: 2, event: 'created' as const }
  return [
    { ...entry, sequence: 1, event: 'sending' },
    { ...created, detail: { retail_id: retailId, retail_code: retailCode } },
    ...(importState === 'imported' ? [{ ...entry, sequence: 3, event: 'imported' as const }] : []),
  ]
}

/** In statements of the same length, so that each is compiled once. */
async function inSlices<Row>(rows: Row[], insert: (slice: Row[]) => Promise<unknown>) {
  for (let start = 0; start < rows.length; start += rowsAtOnce) await insert(rows.slice(start, start + rowsAtOnce))
}

async function insertAll({ write }: Storage, rows: NewOrder[]): Promise<void> {
  await write(async (tx) => {
    const ids = new Map<string, number>()
    await inSlices(rows, async (slice) => {
      const statement = tx.insert(orders).values(slice).onConflictDoNothing()
      for (const { id, transId } of await statement.returning({ id: orders.id, transId: orders.transId }))
        ids.set(transId, id)
    })
    const events = rows.flatMap((row) => (ids.has(row.transId) ? eventsOf(ids.get(row.transId)!, row) : []))
    await inSlices(events, (slice) => tx.insert(orderEvents).values(slice))
  })
}
