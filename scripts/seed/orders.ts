import { sql } from 'drizzle-orm'
import { devices, orderEvents, orders } from '#drizzle/schema'
import type { Storage } from '#server/db/client'
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

export interface SeedOptions {
  setOfBookId: number
  count: number
  /** The last moment of the twelve months. */
  until: number
}

type NewOrder = typeof orders.$inferInsert

/** Fills an account set with `count` plausible orders over the twelve months before `until`, oldest first. */
export function seedOrders(storage: Storage, { setOfBookId, count, until }: SeedOptions): void {
  configureCabinets(storage, setOfBookId, until)
  const random = randomFrom(until)
  const insert = inserter(storage)
  const midnight = startOfDay(until)
  let made = 0
  let batch: NewOrder[] = []
  for (let index = 0; index < days; index += 1) {
    const target = Math.round((count * (index + 1)) / days)
    const begin = midnight - (days - 1 - index) * day
    const end = Math.min(begin + day, until)
    for (const time of timesOfDay(random, begin, end, target - made))
      batch.push(orderAt(random, time, until, made++, setOfBookId))
    if (batch.length >= group) batch = insert(batch)
  }
  insert(batch)
  storage.sqlite.pragma('wal_checkpoint(TRUNCATE)')
}

function configureCabinets({ db }: Storage, setOfBookId: number, now: number): void {
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
  db.insert(devices).values(rows).onConflictDoNothing().run()
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

function inserter({ db, sqlite }: Storage): (batch: NewOrder[]) => [] {
  const order = db
    .insert(orders)
    .values(
      placeholders<typeof orders.$inferInsert>([
        'setOfBookId',
        'transId',
        'status',
        'eId',
        'devId',
        'createTime',
        'updateTime',
        'totalAmount',
        'products',
        'createdAt',
        'createdUser',
        'importState',
        'importError',
        'importUser',
        'importedAt',
        'importedUser',
        'retailId',
        'retailCode',
      ]),
    )
    .onConflictDoNothing()
    .prepare()
  const event = db
    .insert(orderEvents)
    .values(placeholders<typeof orderEvents.$inferInsert>(['orderId', 'sequence', 'at', 'user', 'event', 'detail']))
    .prepare()
  const empty = {
    importState: 'idle',
    importError: null,
    importUser: null,
    importedAt: null,
    importedUser: null,
    retailId: null,
    retailCode: null,
  }
  const insertAll = sqlite.transaction((batch: NewOrder[]) => {
    for (const row of batch) {
      const { changes, lastInsertRowid } = order.run({ ...empty, ...row })
      if (changes === 0 || !isImported(row.importState ?? 'idle')) continue
      const entry = { orderId: Number(lastInsertRowid), at: row.importedAt, user: row.importedUser, detail: null }
      event.run({ ...entry, sequence: 1, event: 'sending' })
      event.run({
        ...entry,
        sequence: 2,
        event: 'created',
        detail: { retail_id: row.retailId, retail_code: row.retailCode },
      })
      if (row.importState === 'imported') event.run({ ...entry, sequence: 3, event: 'imported' })
    }
  })
  return (batch) => {
    insertAll.immediate(batch)
    return []
  }
}

function placeholders<Row>(columns: (keyof Row & string)[]): Row {
  return Object.fromEntries(columns.map((column) => [column, sql.placeholder(column)])) as Row
}
