import { describe, expect, it } from 'vitest'
import { devices, orders } from '#drizzle/schema'
import { findOrderIds, queryOrders } from '#server/repositories/order-queries'
import { IMPORT_STATES, isImported, type ImportState } from '#shared/import-state'
import type { OrderStatus } from '#shared/order-status'
import { orderQuerySchema, type OrderFilter, type OrderQuery } from '#shared/orders'
import { randomFrom } from '../../../../sandbox/shop.ts'
import { addOrder, addSetOfBook, openTestStorage, plansOf } from '../storage.ts'

const ZONE = 'Asia/Shanghai'
const storage = openTestStorage()
const mine = addSetOfBook(storage, 'A001')
const other = addSetOfBook(storage, 'B002')
const query = (values: Record<string, unknown>): OrderQuery => orderQuerySchema(ZONE).parse(values)

const names = new Map([
  [1, '大堂 A'],
  [2, '大堂 b'],
  [3, '100%_门诊'],
])
for (const [devId, name] of names) {
  storage.db
    .insert(devices)
    .values({
      setOfBookId: mine,
      devId,
      name,
      storeId: 1,
      bankId: 1,
      memberId: 1,
      employeeId: 1,
      billType: 0,
      createdAt: 0,
      createdUser: 'x',
    })
    .run()
}
storage.db
  .insert(devices)
  .values({
    setOfBookId: other,
    devId: 4,
    name: '大堂 other',
    storeId: 1,
    bankId: 1,
    memberId: 1,
    employeeId: 1,
    billType: 0,
    createdAt: 0,
    createdUser: 'x',
  })
  .run()

const random = randomFrom(7)
const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)]!
const begin = Date.parse('2026-10-01T00:00:00+08:00')
const statuses: OrderStatus[] = [100, 100, 100, 101, 102, 103, 104, 110]

// Whole seconds, so that many orders share one and ties are seen.
for (let index = 0; index < 600; index += 1) {
  const importState = pick<ImportState>([...IMPORT_STATES, 'idle', 'imported'])
  addOrder(storage, {
    setOfBookId: random() < 0.9 ? mine : other,
    transId: `T26${index}A`,
    devId: pick([1, 2, 3, 4]),
    status: pick(statuses),
    importState,
    createTime: begin + Math.floor(random() * 20 * 24) * 3_600_000,
    importedUser: isImported(importState) ? pick(['陈晓东', 'Li_Na']) : null,
    createdUser: pick(['goBox', 'goBox', '李娜']),
    products: [
      { barcode: pick(['6901', '69010', 'x"y\\']), name: '水', num: 1, amount: 100 * Math.ceil(random() * 9) },
    ],
  })
}

type Row = typeof orders.$inferSelect
const stored = storage.db
  .select()
  .from(orders)
  .all()
  .filter((row) => row.setOfBookId === mine)
const has = (text: string | null, part: string) => text !== null && text.toLowerCase().includes(part.toLowerCase())

/** trade_view's filter as contract.md tells it, on the rows in memory. */
function matches(row: Row, filter: OrderFilter): boolean {
  const refunded = isImported(row.importState) && [102, 103, 104, 110].includes(row.status)
  const conditions: Record<keyof OrderFilter, (wanted: never) => boolean> = {
    dev_id: (wanted) => row.devId === wanted,
    start_date: (wanted) => row.createTime >= wanted,
    end_date: (wanted) => row.createTime <= wanted,
    status: (wanted) => row.status === wanted,
    is_imported: (wanted) => isImported(row.importState) === wanted,
    trans_id: (wanted) => row.transId === wanted,
    import_state: (wanted) => row.importState === wanted,
    q: (wanted) => has(row.transId, wanted) || has(row.createdUser, wanted) || has(row.importedUser, wanted),
    device_name: (wanted) => has(names.get(row.devId) ?? null, wanted),
    unconfigured: (wanted) => !names.has(row.devId) === wanted,
    refunded_after_import: (wanted) => refunded === wanted,
    barcode: (wanted) => row.products.some((product) => product.barcode === wanted),
  }
  return Object.entries(filter).every(
    ([key, wanted]) => wanted === undefined || conditions[key as keyof OrderFilter](wanted as never),
  )
}

function expected({ start, limit, sort, ...filter }: OrderQuery) {
  const column = sort.endsWith('create_time') ? 'createTime' : 'totalAmount'
  const sign = sort.startsWith('-') ? -1 : 1
  const rows = stored
    .filter((row) => matches(row, filter))
    .sort((a, b) => sign * (a[column] - b[column] || a.id - b.id))
  return {
    total: rows.length,
    amount: rows.reduce((sum, row) => sum + row.totalAmount, 0),
    ids: rows.slice(start, start + limit).map((row) => row.id),
  }
}

const filters: Record<string, unknown>[] = [
  {},
  { start_date: '2026-10-05', end_date: '2026-10-05' },
  { start_date: '2026-10-05 08:00:00', end_date: '2026-10-05 20:59:59' },
  { start_date: '2026-10-05 20:00:00', end_date: '2026-10-06 03:00:00' },
  { start_date: '2026-10-03 12:00:00', end_date: '2026-10-09 11:00:00' },
  { start_date: '2026-10-19 12:00:00' },
  { end_date: '2026-10-02 12:00:00' },
  { start_date: '2025-01-01', end_date: '2027-01-01' },
  { start_date: '2027-01-01' },
  { end_date: '2020-01-01' },
  { dev_id: 2 },
  { dev_id: 999 },
  { status: 103 },
  { status: 105 },
  { is_imported: 1 },
  { is_imported: 0 },
  { import_state: 'failed' },
  { dev_id: 1, status: 100 },
  { status: 100, is_imported: 1, start_date: '2026-10-01', end_date: '2026-10-31' },
  { trans_id: 'T267A' },
  { trans_id: 'T267A', status: 109 },
  { trans_id: 'nobody' },
  { device_name: '大堂' },
  { device_name: 'B' },
  { device_name: '%_' },
  { device_name: '大堂', dev_id: 1, start_date: '2026-10-05 08:00:00' },
  { unconfigured: 1 },
  { unconfigured: 0, status: 100 },
  { refunded_after_import: 1 },
  { refunded_after_import: 0 },
  { q: '261' },
  { q: '陈' },
  { q: 'li_na' },
  { q: '%' },
  { q: 'gobox', dev_id: 1, start_date: '2026-10-03 12:00:00', end_date: '2026-10-09 11:00:00' },
  { barcode: '6901' },
  { barcode: 'x"y\\', status: 100 },
]
const pages = [
  {},
  { limit: 7, start: 3 },
  { limit: 1000 },
  { start: 539, limit: 5 },
  { start: 10_000 },
  { limit: 50, start: 120 },
]

describe('a page of orders', () => {
  it.each(filters)('holds exactly what the filter %j asks for, in each order, with count and sum', async (filter) => {
    for (const sort of ['-create_time', 'create_time', '-total_amount', 'total_amount']) {
      for (const page of pages) {
        const asked = query({ ...filter, ...page, sort })
        const { total, amount, rows } = await queryOrders(mine, asked)
        expect({ total, amount, ids: rows.map((row) => row.id) }, JSON.stringify(asked)).toEqual(expected(asked))
      }
    }
  })

  it('names the cabinet of each order, and leaves the name of one that is not configured empty', async () => {
    const { rows } = await queryOrders(mine, query({ limit: 1000 }))
    expect(new Set(rows.map((row) => row.devId))).toEqual(new Set([1, 2, 3, 4]))
    for (const row of rows) expect(row.deviceName).toBe(names.get(row.devId) ?? null)
  })

  it('is counted in whole days of the totals and in hours of the orders alike, whatever the zone', async () => {
    for (const zone of ['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu']) {
      const asked = orderQuerySchema(zone).parse({ start_date: '2026-10-04', end_date: '2026-10-11' })
      expect((await queryOrders(mine, asked)).total, zone).toBe(expected(asked).total)
    }
  })
})

describe('the ids of a batch', () => {
  it('are those that the filter matches, newest first, no more than asked for', async () => {
    const asked = query({ status: 100, q: '26', limit: 1000 })
    expect(await findOrderIds(mine, asked, 1000)).toEqual(expected(asked).ids)
    expect(await findOrderIds(mine, asked, 5)).toEqual(expected({ ...asked, limit: 5 }).ids)
  })
})

describe('the statements of a page', () => {
  const indexed = filters.filter((filter) => !('q' in filter) && !('barcode' in filter))
  it.each(indexed)('read no table from end to end and sort nothing for %j', async (filter) => {
    const plans = await plansOf(storage, () => queryOrders(mine, query({ ...filter, start: 20 })))
    expect(plans.length).toBeGreaterThan(0)
    expect(plans.filter((step) => /^SCAN (?!d\b|days\b|CONSTANT ROW)|TEMP B-TREE/.test(step))).toEqual([])
    expect(
      plans.some((step) =>
        /^SEARCH orders USING (COVERING )?INDEX|^SEARCH (day|cabinet)_totals USING PRIMARY KEY/.test(step),
      ),
    ).toBe(true)
  })
})
