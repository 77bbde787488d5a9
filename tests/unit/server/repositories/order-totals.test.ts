import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { orders } from '#drizzle/schema/orders'
import { ensureOrderTotals } from '#server/storage/sqlite/totals'
import { countGoods } from '#server/repositories/order-totals'
import { deleteOrder, receiveOrder } from '#server/repositories/orders'
import { IMPORT_STATES } from '#shared/import-state'
import { orderMessageSchema, type OrderLine } from '#shared/orders'
import { DAY } from '#shared/time'
import { randomFrom } from '../../../../sandbox/shop.ts'
import { addOrder, addOrders, addSetOfBook, openSqliteStorage } from '../with-storage.ts'

const storage = await openSqliteStorage()
const { sqlite, db, write } = storage
const mine = await addSetOfBook(storage, 'A001')
const other = await addSetOfBook(storage, 'B002')

const tables = ['day_totals', 'cabinet_totals', 'goods_totals']
const kept = async () => {
  await countGoods()
  return Object.fromEntries(tables.map((table) => [table, sqlite.prepare(`SELECT * FROM ${table}`).all()]))
}

/** The totals made anew from the orders. */
function remade() {
  sqlite.pragma('user_version = 0')
  ensureOrderTotals(sqlite)
  return kept()
}

const random = randomFrom(3)
const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)]!
const someLines = (): OrderLine[] =>
  Array.from({ length: 1 + Math.floor(random() * 3) }, () => ({
    barcode: pick(['1', '2', '3']),
    name: '水',
    num: pick([1, 2, 3]),
    amount: pick([100, 250]),
    ...(random() < 0.5 ? { cost: 70 } : {}),
  }))

describe('the totals', () => {
  it('follow every insert, change and deletion of orders', async () => {
    const add = (length: number) =>
      addOrders(
        storage,
        Array.from({ length }, () => ({
          setOfBookId: pick([mine, other]),
          devId: pick([1, 2]),
          status: pick([100, 101, 103] as const),
          createTime: Math.floor(random() * 5 * DAY),
          products: someLines(),
        })),
      )
    const rows = await add(120)
    await countGoods()
    // Orders whose goods are not counted yet when they change.
    rows.push(...(await add(180)))
    for (const { id } of rows.slice(0, 200)) {
      const products = someLines()
      const change = pick<Partial<typeof orders.$inferInsert>>([
        { importState: pick(IMPORT_STATES) },
        { status: pick([100, 103]) },
        { createTime: Math.floor(random() * 5 * DAY) },
        { devId: 3 },
        { products, totalAmount: products.reduce((sum, line) => sum + line.amount, 0) },
        { importError: 'nothing that is counted' },
      ])
      await write((tx) => tx.update(orders).set(change).where(eq(orders.id, id)))
    }
    for (const { id } of rows.slice(150, 250)) await write((tx) => tx.delete(orders).where(eq(orders.id, id)))
    const before = await kept()
    for (const table of tables) expect(before[table]!.length).toBeGreaterThan(3)
    expect(before).toEqual(await remade())
  })

  it('leave nothing behind when the last order is gone', async () => {
    await write((tx) => tx.delete(orders))
    expect(await kept()).toEqual({ day_totals: [], cabinet_totals: [], goods_totals: [] })
  })

  it('count a message once, however often it comes, and the newest of its versions', async () => {
    const message = (changes: object) =>
      orderMessageSchema('Asia/Shanghai').parse({
        trans_id: 'T1',
        status: 100,
        e_id: '',
        dev_id: 1,
        create_time: '2026-11-01 12:00:00',
        update_time: '2026-11-01 12:00:00',
        products: [{ barcode: '1', name: '水', num: 2, amount: 5 }],
        ...changes,
      })
    await Promise.all([1, 2, 3].map(() => receiveOrder(mine, message({}), 'goBox', 0)))
    expect((await kept()).day_totals).toMatchObject([{ status: 100, orders: 1, amount: 500 }])
    expect((await kept()).goods_totals).toMatchObject([
      { barcode: '1', quantity: 2, amount: 500, cost: 0, uncosted: 500 },
    ])
    await receiveOrder(mine, message({ status: 103, update_time: '2026-11-01 13:00:00' }), 'goBox', 0)
    expect((await kept()).day_totals).toMatchObject([{ status: 103, orders: 1, amount: 500 }])
    expect((await kept()).goods_totals).toEqual([])
    const [order] = await db.select().from(orders)
    await deleteOrder(mine, order!.id, { setOfBookId: mine, user: '李', address: '127.0.0.1' })
    expect(await kept()).toEqual({ day_totals: [], cabinet_totals: [], goods_totals: [] })
  })

  it('are made again when a trigger is missing, as after a migration that rebuilt the orders', async () => {
    await addOrder(storage, { setOfBookId: mine })
    sqlite.exec('DROP TRIGGER order_totals_insert')
    await addOrder(storage, { setOfBookId: mine })
    ensureOrderTotals(sqlite)
    await addOrder(storage, { setOfBookId: mine })
    expect((await kept()).day_totals).toMatchObject([{ orders: 3, amount: 750 }])
  })
})
