import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readMigrations } from '#drizzle/migrations'
import { openPostgres } from '#server/storage/postgres/open'
import { splitAddress } from '#server/storage/postgres/addresses'
import { Primary } from '#server/storage/postgres/primary'
import { rollUp } from '#server/storage/postgres/totals'
import { randomFrom } from '../../../../../sandbox/shop.ts'
import { RECOUNTS, TOTALS } from '../../../../recounts.ts'

const url = process.env.NUXT_DATABASE_URL!
const primary = new Primary(splitAddress(url))

beforeAll(async () => {
  await (await openPostgres(url, readMigrations('postgres'), process.env.NUXT_SECRET_KEY)).close()
  await primary.query(
    `INSERT INTO set_of_books (set_of_book, c8_origin, token_sealed, token_hash) VALUES ('A', 'c', 't', 'a'), ('B', 'c', 't', 'b')`,
  )
})
afterAll(() => primary.close())

const rowsOf = async (sql: string) => (await primary.query(`${sql} ORDER BY 1, 2, 3, 4`)).rows

async function expectExact() {
  for (const [view, recount] of Object.entries(RECOUNTS))
    expect(sorted(await rowsOf(TOTALS[view as keyof typeof TOTALS])), view).toEqual(sorted(await rowsOf(recount)))
}
const sorted = (rows: object[]) => rows.map((row) => JSON.stringify(row)).sort()

const random = randomFrom(7)
const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!

function line() {
  const barcode = pick(['69', '70', '71'])
  return { barcode, name: `N${barcode}`, num: pick([1, 2, 0.5]), amount: pick([100, 350]), cost: pick([null, 40]) }
}

const insert = (from: number, count: number) =>
  primary.query(
    `INSERT INTO orders (set_of_book_id, trans_id, status, e_id, dev_id, create_time, update_time, total_amount, products, created_at, created_user)
    SELECT s, t, c, 'e', d, m, m, a, p, 1, 'goBox' FROM json_to_recordset($1) AS row (s int, t text, c int, d int, m bigint, a int, p json)
    ON CONFLICT (set_of_book_id, trans_id) DO UPDATE SET status = excluded.status, products = excluded.products`,
    [
      JSON.stringify(
        Array.from({ length: count }, (_, index) => ({
          s: pick([1, 2]),
          t: `T${from + index}`,
          c: pick([100, 100, 103]),
          d: pick([1, 2, 3]),
          m: 1_700_000_000_000 + Math.floor(random() * 4 * 86_400_000),
          a: pick([100, 200]),
          p: [line(), line()],
        })),
      ),
    ],
  )

const CHANGES = [
  () => insert(Math.floor(random() * 400), 20),
  () => primary.query(`UPDATE orders SET status = 103 WHERE id % 7 = $1`, [pick([0, 1, 2])]),
  () => primary.query(`UPDATE orders SET status = 100, total_amount = 350 WHERE id % 5 = 0 AND dev_id = 1`),
  () => primary.query(`UPDATE orders SET import_state = 'imported' WHERE id % 4 = $1`, [pick([0, 1])]),
  () => primary.query(`UPDATE orders SET products = $1 WHERE id % 6 = 1`, [JSON.stringify([line()])]),
  () => primary.query(`UPDATE orders SET create_time = create_time + 86400000, dev_id = 9 WHERE id % 11 = 3`),
  () => primary.query(`DELETE FROM orders WHERE id % 13 = $1`, [pick([0, 1, 2])]),
  () => primary.transaction('work', rollUp),
]

describe('the totals on PostgreSQL', () => {
  it('equal a recount after any sequence of changes, rolled up or not', async () => {
    for (let round = 0; round < 60; round++) {
      await pick(CHANGES)()
      await expectExact()
    }
  })

  it('add nothing for an update that they do not count, such as a lease', async () => {
    while (await primary.transaction('work', rollUp));
    await primary.query(`UPDATE orders SET import_lease = 'x', import_due_at = 1`)
    expect(await rowsOf('SELECT 1, 2, 3, 4 FROM order_deltas')).toEqual([])
    expect(await rowsOf('SELECT 1, 2, 3, 4 FROM goods_deltas')).toEqual([])
  })

  it('hold nothing of days whose orders are gone', async () => {
    await primary.query('DELETE FROM orders WHERE dev_id = 9')
    await primary.query('DELETE FROM orders')
    await expectExact()
    for (let round = 0; round < 3; round++) await primary.transaction('work', rollUp)
    for (const table of ['day_rolled', 'cabinet_rolled', 'goods_rolled', 'order_deltas', 'goods_deltas'])
      expect((await primary.query(`SELECT FROM ${table}`)).rowCount, table).toBe(0)
  })

  it('are exact while many write and one rolls up at the same time', async () => {
    let isWriting = true
    const rolling = (async () => {
      while (isWriting) await primary.transaction('work', rollUp)
    })()
    await Promise.all(Array.from({ length: 8 }, (_, writer) => insert(1000 * (writer + 1), 200)))
    isWriting = false
    await rolling
    await expectExact()
  })
})
