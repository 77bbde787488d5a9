import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { orders } from '#drizzle/schema/orders'
import { ClientLeft } from '#server/errors'
import { findOrderIds, queryOrders } from '#server/repositories/order-queries'
import type { SqliteStorage } from '#server/storage/sqlite/open'
import { IMPORT_STATES, isImported, type ImportState } from '#shared/import-state'
import type { OrderStatus } from '#shared/order-status'
import { orderQuerySchema, type OrderQuery } from '#shared/orders'
import { randomFrom } from '../../../../sandbox/shop.ts'
import { filters, matches } from './order-filters.ts'
import { addDevice, addOrders, addSetOfBook, allOf, openTestStorage, plansOf } from '../with-storage.ts'

const ZONE = 'Asia/Shanghai'
const storage = await openTestStorage()
const mine = await addSetOfBook(storage, 'A001')
const other = await addSetOfBook(storage, 'B002')
const query = (values: Record<string, unknown>): OrderQuery => orderQuerySchema(ZONE).parse(values)

const names = new Map([
  [1, '大堂 A'],
  [2, '大堂 b'],
  [3, '100%_门诊'],
])
for (const [devId, name] of names) await addDevice(storage, mine, devId, name)
await addDevice(storage, other, 4, '大堂 other')

const random = randomFrom(7)
const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)]!
const begin = Date.parse('2026-10-01T00:00:00+08:00')
const statuses: OrderStatus[] = [100, 100, 100, 101, 102, 103, 104, 110]

// Whole seconds, so that many orders share one and ties are seen.
const someOrders = Array.from({ length: 600 }, (_, index) => {
  const importState = pick<ImportState>([...IMPORT_STATES, 'idle', 'imported'])
  return {
    setOfBookId: random() < 0.9 ? mine : other,
    transId: `T26${index}A`,
    eId: pick(['E-1', 'Kunde_9', '5550001']),
    devId: pick([1, 2, 3, 4]),
    status: pick(statuses),
    importState,
    createTime: begin + Math.floor(random() * 20 * 24) * 3_600_000,
    retailCode: isImported(importState) ? `LS2611${String(index).padStart(4, '0')}` : null,
    importedUser: isImported(importState) ? pick(['陈晓东', 'Li_Na']) : null,
    createdUser: pick(['goBox', 'goBox', '李娜']),
    importError: pick([null, 'C8 拒绝', 'C8 拒绝：余额']),
    importDueAt: index % 3 === 0 ? Date.now() - (index % 2) * 3_600_000 : null,
    createUnansweredAt: ['queued', 'sending', 'failed'].includes(importState) && index % 2 === 0 ? begin : null,
    importLease: index % 9 === 0 ? 'somebody' : null,
    products: [
      { barcode: pick(['6901', '69010', 'x"y\\']), name: '水', num: 1, amount: 100 * Math.ceil(random() * 9) },
    ],
  }
})
await addOrders(storage, someOrders)

type Row = typeof orders.$inferSelect
const stored = await storage.db.select().from(orders).where(eq(orders.setOfBookId, mine))

function expected({ start, limit, sort, ...filter }: OrderQuery) {
  const column = sort.endsWith('create_time') ? 'createTime' : 'totalAmount'
  const sign = sort.startsWith('-') ? -1 : 1
  const rows = stored
    .filter((row) => matches(row, filter, names))
    .sort((a, b) => sign * (a[column] - b[column] || a.id - b.id))
  const sum = (among: Row[]) => among.reduce((total, row) => total + row.totalAmount, 0)
  const [paid, refunded] = [100, 103].map((wanted) => rows.filter(({ status }) => status === wanted))
  return {
    total: rows.length,
    amount: sum(rows),
    apart: {
      orders: rows.length,
      paidOrders: paid!.length,
      paidAmount: sum(paid!),
      refundedOrders: refunded!.length,
      refundedAmount: sum(refunded!),
    },
    ids: rows.slice(start, start + limit).map((row) => row.id),
  }
}

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
        const { total, amount, rows, ...apart } = await queryOrders(mine, asked)
        const ids = (await allOf(rows)).map((row) => row.id)
        expect({ total, amount, apart, ids }, JSON.stringify(asked)).toEqual(expected(asked))
      }
    }
  })

  it('names the cabinet of each order, and leaves the name of one that is not configured empty', async () => {
    const rows = await allOf((await queryOrders(mine, query({ limit: 1000 }))).rows)
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

describe('a text in many orders of one moment', () => {
  const MANY = 30_000
  const PART = 1000
  let crowded: number
  const ids: number[] = []
  beforeAll(async () => {
    crowded = await addSetOfBook(storage, 'C003')
    const products = [{ barcode: '6900000000017', name: '水', num: 1, amount: 250 }]
    const times = { createTime: begin, updateTime: begin, createdAt: begin }
    for (let start = 0; start < MANY; start += PART) {
      const rows = Array.from({ length: PART }, (_, index) => ({
        setOfBookId: crowded,
        transId: `C${start + index}`,
        status: 100 as const,
        eId: 'E',
        devId: 1,
        totalAmount: 250,
        products,
        createdUser: 'goBox',
        ...times,
      }))
      const made = await storage.write((tx) => storage.insertOrders(tx, rows))
      ids.push(...made.flatMap((id, index) => (index % 10 === 7 ? id! : [])))
    }
  })

  it('is found by pages, whatever the slices it is read in', async () => {
    for (const [start, limit] of [
      [0, 1000],
      [0, 5],
      [195, 10],
      [850, 100],
    ] as const) {
      const { total, rows } = await queryOrders(crowded, query({ q: '7', barcode: '6900000000017', start, limit }))
      expect(total).toBeGreaterThan(ids.length)
      expect((await allOf(rows)).length).toBe(Math.min(limit, total - start))
    }
    const all: number[] = []
    for (let start = 0; ; start += 700) {
      const rows = await allOf((await queryOrders(crowded, query({ q: '7', start, limit: 700 }))).rows)
      all.push(...rows.filter(({ transId }) => transId.endsWith('7')).map(({ id }) => id))
      if (rows.length < 700) break
    }
    expect(all).toEqual(ids.toSorted((a, b) => b - a))
  })

  it('is looked for a few milliseconds at a time, so that others get their turns', async () => {
    let turns = 0
    let isOver = false
    const count = () => {
      turns++
      if (!isOver) setImmediate(count)
    }
    setImmediate(count)
    for (const sort of ['-create_time', '-total_amount']) {
      turns = 0
      const begin = performance.now()
      await allOf((await queryOrders(crowded, query({ q: 'nobody', sort }))).rows)
      // On a fast machine the whole search takes few turns.
      const least = Math.min(3, Math.floor((performance.now() - begin) / 12))
      expect(turns, sort).toBeGreaterThanOrEqual(least)
    }
    isOver = true
  })

  it('is looked for no further when the client has left', async () => {
    const client = new AbortController()
    const search = queryOrders(crowded, query({ q: 'nobody' }), client.signal)
    client.abort()
    await expect(search).rejects.toThrow(ClientLeft)
  })
})

describe('a page that is taken slowly', () => {
  it('has no order twice, though others come meanwhile', async () => {
    const busy = await addSetOfBook(storage, 'D004')
    const add = (seconds: number[]) =>
      addOrders(
        storage,
        seconds.map((second) => ({ setOfBookId: busy, createTime: begin + second * 1000 })),
      )
    await add(Array.from({ length: 60 }, (_, index) => index))
    for (const sort of ['-create_time', 'create_time', '-total_amount']) {
      const { rows } = await queryOrders(busy, query({ sort, limit: 50 }))
      const seen: number[] = []
      for await (const slice of rows) {
        seen.push(...slice.map(({ id }) => id))
        await add([0, 60])
      }
      expect(seen).toHaveLength(50)
      expect(new Set(seen).size).toBe(50)
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

describe.runIf(storage.engine === 'sqlite')('the statements of a page in SQLite', () => {
  const indexed = filters.filter((filter) => !('q' in filter) && !('barcode' in filter))
  it.each(indexed)('read no table from end to end and sort nothing for %j', async (filter) => {
    const plans = await plansOf(storage as SqliteStorage, async () =>
      allOf((await queryOrders(mine, query({ ...filter, start: 20 }))).rows),
    )
    expect(plans.length).toBeGreaterThan(0)
    // Those that a partial index holds are few, and sorted to be counted by day.
    const isFew = Object.keys(filter).some((name) => /^refund_|^import_stuck$|^import_error_rest$/.test(name))
    const dear = isFew
      ? /^SCAN (?!d\b|days\b|CONSTANT ROW|json_each\b)/
      : /^SCAN (?!d\b|days\b|CONSTANT ROW|json_each\b)|TEMP B-TREE/
    expect(plans.filter((step) => dear.test(step))).toEqual([])
    expect(
      plans.some((step) =>
        /^SEARCH orders USING (COVERING )?INDEX|^SEARCH (day|cabinet)_totals USING PRIMARY KEY/.test(step),
      ),
    ).toBe(true)
  })
})
