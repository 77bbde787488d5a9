import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readMigrations } from '#drizzle/migrations'
import { WrongSetting } from '#server/config'
import { seal, toKey } from '#server/storage/seal'
import { openPostgres } from '#server/storage/postgres/open'
import { takeOver, type Source } from '#server/storage/postgres/take-over'
import { makeDatabase } from '../../../../api/database.ts'

const key = randomBytes(32).toString('base64')

const line = { barcode: '69', name: '水', num: 1, amount: 350, cost: 100 }
const ORDER = {
  id: 41,
  set_of_book_id: 7,
  trans_id: 'T1',
  status: 100,
  e_id: 'E',
  dev_id: 3,
  create_time: 1_700_000_000_000,
  update_time: 1_700_000_000_000,
  total_amount: 350,
  products: JSON.stringify([line]),
  created_at: 1,
  created_user: 'goBox',
  import_state: 'idle',
  import_attempts: 0,
  import_held: 1,
  clock_odd: 0,
}
const TABLES: Record<string, Record<string, unknown>[]> = {
  key_checks: [{ id: 1, check_sealed: seal('goBox', '', toKey(key)) }],
  set_of_books: [{ id: 7, set_of_book: 'A001', c8_origin: 'http://c8', token_sealed: 's', token_hash: 'h' }],
  orders: [ORDER],
  order_events: [
    { order_id: 41, sequence: 1, at: 5, user: '李雪梅', event: 'queued', detail: '{"b": 1, "a": "x\\"y"}' },
  ],
  rejected_messages: [
    {
      id: 9,
      set_of_book_id: 7,
      received_at: 1,
      source: 'webhook',
      body: 'a\0b{"c"}',
      truncated: 0,
      reason: 'x',
      count: 1,
    },
  ],
}

const source = (tables = TABLES): Source => ({
  count: (table) => tables[table]?.length ?? 0,
  sum: (table, column) => (tables[table] ?? []).reduce((sum, row) => sum + (row[column] as number), 0),
  rows: (table, columns) =>
    (tables[table] ?? []).map((row) => columns.map((column) => row[column.replaceAll('"', '')] ?? null)),
})

function target() {
  const database = makeDatabase('')
  return { ...database, to: database.settings.NUXT_DATABASE_URL! }
}

const copy = (to: string, from = source()) => takeOver(to, readMigrations('postgres'), toKey(key), from)

describe('a database that PostgreSQL takes over', () => {
  it('comes over with every value, and goes on where it was', async () => {
    const { to, rows, change } = target()
    expect(await copy(to)).toMatchObject({ orders: 1, set_of_books: 1, devices: 0 })
    expect(rows('SELECT * FROM orders', [])).toEqual([expect.objectContaining(ORDER)])
    expect(rows('SELECT * FROM order_events', [])).toEqual(TABLES.order_events)
    expect(rows('SELECT body FROM rejected_messages', [])).toEqual([{ body: 'a\uFFFDb{"c"}' }])
    expect(rows('SELECT orders, amount FROM day_totals', [])).toEqual([{ orders: 1, amount: 350 }])
    expect(rows('SELECT barcode, quantity FROM goods_totals', [])).toEqual([{ barcode: '69', quantity: 1 }])
    change(
      `INSERT INTO orders (set_of_book_id, trans_id, status, e_id, dev_id, create_time, update_time, total_amount, products, created_at, created_user)
      VALUES (7, 'T2', 100, 'E', 3, 1700000000000, 1, 100, '[]', 1, 'goBox')`,
      [],
    )
    expect(rows('SELECT max(id) AS id FROM orders', [])).toEqual([{ id: 42 }])
    expect(rows('SELECT sum(orders) AS orders, sum(amount) AS amount FROM day_totals', [])).toEqual([
      { orders: 2, amount: 450 },
    ])
    await (await openPostgres(to, readMigrations('postgres'), key)).close()
  })

  it('must be alone there', async () => {
    const { to } = target()
    await copy(to)
    await expect(copy(to)).rejects.toThrow(WrongSetting)
    await expect(copy(to)).rejects.toThrow('不是空的')
  })

  it('leaves nothing behind when something is wrong', async () => {
    const { to, rows } = target()
    await expect(copy(to, { ...source(), sum: () => 999 })).rejects.toThrow('amounts differ')
    await expect(copy(to, { ...source(), count: () => 5 })).rejects.toThrow('rows')
    const broken = { ...TABLES, orders: [ORDER, { ...ORDER, id: 42, trans_id: 'T2', products: '[{' }] }
    await expect(copy(to, source(broken))).rejects.toThrow('json')
    expect(rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", [])).toEqual([])
  })

  it('must be of the key that is given', async () => {
    const other = {
      ...TABLES,
      key_checks: [{ id: 1, check_sealed: seal('goBox', '', toKey(randomBytes(32).toString('base64'))) }],
    }
    await expect(copy(target().to, source(other))).rejects.toThrow('密钥')
  })
})
